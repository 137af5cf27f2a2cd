//! Before one begins: logins, and what the plan assumes although nobody has stated or seen it.

use super::Runbook;
use super::sheet::{code, escaped};
use super::summary::ssh;

impl Runbook<'_> {
    pub(super) fn begin(&mut self) {
        let title = self.say("begin");
        self.sheet.heading(2, &title);
        let mut boxes = Vec::new();
        for (name, server) in &self.outline.plan.topology.nodes {
            let login = [("node", name.as_str().into())];
            let login = self.phrases.words.say("begin-login", &login);
            let command = code(&ssh(&server.user, &server.address, server.port));
            boxes.push(format!("[ ] {} {command}", escaped(&login)));
        }
        self.sheet.list(&boxes);
        let assumed = self.phrases.assumed();
        if assumed.is_empty() {
            return;
        }
        let title = self.say("assumed");
        self.sheet.heading(3, &title);
        let mut boxes = Vec::new();
        for claim in assumed {
            let mut said = format!("[ ] {}", escaped(&self.phrases.claim(claim)));
            if let Some(look) = self.options.look_ups.get(&claim.fact)
                && !look.command.is_empty()
            {
                let on = look.node.as_ref().map_or_else(String::new, |n| format!(" **{n}**"));
                said.push_str(&format!(":{on} {}", code(&look.command)));
            }
            boxes.push(said);
        }
        self.sheet.list(&boxes);
    }
}

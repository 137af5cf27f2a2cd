//! Before one begins: logins, and what the plan assumes although nobody has stated or seen it.

use super::Runbook;
use super::sheet::{code, escaped};
use super::summary::ssh;

impl Runbook<'_> {
    pub(super) fn begin(&mut self) {
        let title = self.say("begin");
        self.sheet.heading(2, &title);
        let mut boxes = Vec::new();
        // Only where a step is done: any other login would hold the night up for nothing.
        let needed = self.outline.nodes(&self.outline.plan.steps);
        let nodes = self.outline.plan.topology.nodes.iter();
        for (name, server) in nodes.filter(|(name, _)| needed.contains(name)) {
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
        let otherwise = self.say("assumed-otherwise");
        self.sheet.paragraph(&otherwise);
        let mut boxes = Vec::new();
        for claim in assumed {
            let mut said = format!("[ ] {}", escaped(&self.phrases.claim(claim)));
            if let Some(look) = self.options.look_ups.get(&claim.fact)
                && !look.command.is_empty()
            {
                let on = look.node.as_ref().map_or_else(String::new, |n| format!("**{n}** "));
                said.push_str(&format!(" \u{2014} {on}{}", code(&look.command)));
            }
            boxes.push(said);
        }
        self.sheet.list(&boxes);
    }
}

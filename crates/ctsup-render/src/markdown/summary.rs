//! The first page: what the plan is, how long, on which servers, when users are cut off.

use super::Runbook;
use super::sheet::{code, escaped};
use crate::outline::{is_danger, ranges};
use crate::phrase::Span;

impl Runbook<'_> {
    pub(super) fn summary(&mut self) {
        let plan = self.outline.plan;
        let heading = self.phrases.heading();
        self.sheet.heading(1, &heading);
        if plan.is_empty() {
            let nothing = self.say("nothing-to-do");
            self.sheet.paragraph(&nothing);
        } else {
            let length = self.phrases.length();
            let expected = self.phrases.words.say("expected", &[("span", length.into())]);
            let size = self.phrases.size();
            self.sheet.paragraph(&format!("{size}; {expected}."));
            if let Some(why) = self.phrases.installed_already() {
                self.sheet.paragraph(&escaped(&why));
            }
        }
        let guide = [("build", plan.guide.build.as_str().into())];
        let guide = self.phrases.words.say("made-from", &guide);
        self.sheet.block(&format!("{} {}", escaped(&guide), code(&plan.digest)));
        if plan.is_empty() {
            return;
        }
        self.servers();
        self.chapters();
        self.outages();
        self.hazards();
        self.debts();
        self.accepted();
    }

    fn servers(&mut self) {
        let title = self.say("servers");
        self.sheet.heading(2, &title);
        let servers = &self.outline.plan.topology.nodes;
        let rows: Vec<_> = servers
            .iter()
            .map(|(name, server)| {
                vec![
                    format!("**{name}**"),
                    escaped(&server.fqdn),
                    code(&ssh(&server.user, &server.address, server.port)),
                ]
            })
            .collect();
        let head = ["server", "server-name", "server-login"].map(|id| self.say(id));
        self.sheet.table(&head.each_ref().map(String::as_str), &rows);
    }

    fn chapters(&mut self) {
        let title = self.say("chapters");
        self.sheet.heading(2, &title);
        let mut rows = Vec::new();
        for section in self.outline.sections() {
            let steps = self.outline.steps(&section);
            let numbers: Vec<_> = section.steps.clone().map(|place| place + 1).collect();
            let nodes: Vec<_> = self.outline.nodes(steps).iter().map(ToString::to_string).collect();
            rows.push(vec![
                escaped(&self.phrases.section(&self.outline, &section)),
                ranges(&numbers),
                nodes.join(", "),
                self.phrases.span(Span::of(steps)),
                String::new(),
                String::new(),
            ]);
        }
        let head =
            ["chapter", "chapter-steps", "chapter-nodes", "chapter-takes", "started", "finished"]
                .map(|id| self.say(id));
        self.sheet.table(&head.each_ref().map(String::as_str), &rows);
    }

    fn outages(&mut self) {
        let outages = self.outline.outages();
        if outages.is_empty() {
            return;
        }
        let title = self.say("outages");
        self.sheet.heading(2, &title);
        let lines: Vec<_> = outages
            .iter()
            .map(|outage| escaped(&self.phrases.outage(&self.outline, outage)))
            .collect();
        self.sheet.list(&lines);
    }

    fn hazards(&mut self) {
        let plan = self.outline.plan;
        let mut lines = Vec::new();
        let told = plan.warnings.iter().filter(|w| is_danger(w.code) || w.step.is_none());
        let mut told: Vec<_> = told.collect();
        told.sort_by_key(|w| w.step.as_ref().and_then(|id| self.outline.number(id)));
        for warning in told {
            let text = escaped(&self.phrases.warning(warning));
            let step = warning.step.as_ref().and_then(|id| self.outline.number(id));
            lines.push(match step {
                Some(number) => {
                    let at = self.phrases.words.say("at-step", &[("step", number.into())]);
                    format!("**{}** {text}", escaped(&at))
                }
                None => text,
            });
        }
        if let Some(point) = &plan.point_of_no_return {
            let (label, why) = (self.say("no-return"), self.phrases.no_return_at(point));
            let number = self.outline.number(&point.step).unwrap_or_default();
            let at = self.phrases.words.say("at-step", &[("step", number.into())]);
            lines.push(format!("**{} {}.** {}", escaped(&at), escaped(&label), escaped(&why)));
        }
        if !lines.is_empty() {
            let title = self.say("hazards");
            self.sheet.heading(2, &title);
            self.sheet.list(&lines);
        }
    }

    fn debts(&mut self) {
        let mut rows = Vec::new();
        for place in 0..self.outline.plan.steps.len() {
            for debt in self.outline.opens(place) {
                let payer = self.outline.paid_in(place, debt);
                rows.push(vec![
                    escaped(&self.phrases.atom(debt)),
                    (place + 1).to_string(),
                    payer.map_or_else(|| self.say("debt-never"), |payer| payer.to_string()),
                    String::new(),
                ]);
            }
        }
        if rows.is_empty() {
            return;
        }
        let title = self.say("debts");
        self.sheet.heading(2, &title);
        let head = ["debt", "debt-from", "debt-until", "debt-paid"].map(|id| self.say(id));
        self.sheet.table(&head.each_ref().map(String::as_str), &rows);
    }

    fn accepted(&mut self) {
        if self.outline.plan.accepted.is_empty() {
            return;
        }
        let title = self.say("accepted");
        self.sheet.heading(2, &title);
        let names = self.outline.plan.accepted.iter();
        let lines: Vec<_> = names
            .map(|name| format!("{}: {}", code(name), escaped(&self.phrases.risk(name))))
            .collect();
        self.sheet.list(&lines);
    }
}

/// How one logs in.
pub(super) fn ssh(user: &str, address: &str, port: u16) -> String {
    match port {
        22 => format!("ssh {user}@{address}"),
        port => format!("ssh -p {port} {user}@{address}"),
    }
}

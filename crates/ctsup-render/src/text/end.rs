//! The end of the text: what the plan rests on, what it leaves out, what stays open.

use ctsup_core::{Claim, Origin};

use super::Text;
use crate::style::Role;

impl Text<'_> {
    pub(super) fn end(&mut self) {
        self.assumptions();
        self.stays_open();
        self.accepted();
        self.left_out();
        self.readings();
        self.claims();
        let guide = [("build", self.outline.plan.guide.build.as_str().into())];
        let guide = self.phrases.words.say("made-from", &guide);
        self.page.blank();
        self.page.painted(0, Role::Faint, &guide);
        let digest = self.outline.plan.digest.clone();
        self.page.painted(0, Role::Faint, &digest);
    }

    fn section(&mut self, id: &str) {
        let title = self.say(id);
        self.page.heading(&title);
    }

    fn assumptions(&mut self) {
        let assumed = self.phrases.assumed();
        if assumed.is_empty() {
            return;
        }
        self.section("assumed");
        for claim in assumed {
            self.claim(claim);
            if let Some(look) = self.options.look_ups.get(&claim.fact)
                && !look.command.is_empty()
            {
                if let Some(node) = &look.node {
                    self.page.painted(4, Role::Faint, node.as_str());
                }
                self.page.command(6, &look.command);
            }
        }
    }

    fn claim(&mut self, claim: &Claim) {
        let said = self.phrases.claim(claim);
        self.page.item(2, "\u{2022}", &said);
    }

    fn stays_open(&mut self) {
        let end = self.outline.plan.end();
        let open: Vec<_> = end.debts().collect();
        if open.is_empty() {
            return;
        }
        self.section("stays-open");
        for debt in open {
            let said = self.phrases.atom(debt);
            self.page.item(2, "\u{2022}", &said);
        }
    }

    fn accepted(&mut self) {
        if self.outline.plan.accepted.is_empty() {
            return;
        }
        self.section("accepted");
        for name in &self.outline.plan.accepted {
            let said = format!("{name}: {}", self.phrases.risk(name));
            self.page.item(2, "\u{2022}", &said);
        }
    }

    fn left_out(&mut self) {
        if self.outline.plan.left_out.is_empty() {
            return;
        }
        self.section("left-out");
        for (cause, rows) in self.phrases.left_out() {
            self.page.item(2, "\u{2022}", &cause);
            for row in rows {
                let said = self.phrases.row(row);
                self.page.item(4, &format!("{:<7}", row.as_str()), &said);
            }
        }
    }

    fn readings(&mut self) {
        let readings = &self.outline.plan.readings;
        if readings.is_empty() {
            return;
        }
        self.section("readings");
        for taken in readings {
            let said = self.phrases.taken(taken);
            self.page.item(2, &format!("{:<4}", taken.key), &said);
        }
    }

    fn claims(&mut self) {
        for (origin, id) in [(Origin::Declared, "declared"), (Origin::Observed, "observed")] {
            let claims = self.outline.plan.claims.iter().filter(|claim| claim.origin == origin);
            let claims: Vec<_> = claims.collect();
            if claims.is_empty() {
                continue;
            }
            self.section(id);
            for claim in claims {
                self.claim(claim);
            }
        }
    }
}

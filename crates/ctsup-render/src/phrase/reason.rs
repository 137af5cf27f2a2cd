//! Why one step waits for another, why rows are left out, and hazards.

use ctsup_core::Atom;
use ctsup_core::action::Action;
use ctsup_core::guide::RowKey;
use ctsup_core::plan::{After, Because, Cause, Warning, WarningCode};

use super::Phrases;
use crate::outline::Outline;

impl Phrases<'_> {
    /// All reasons of one wait in one line.
    pub(crate) fn reasons(&self, after: &After) -> String {
        self.because(&after.because).join("; ")
    }

    /// What a step waits for, where that is not simply the step before it: steps that it waits for
    /// for the same reasons together, and the reasons.
    pub(crate) fn waits(&self, outline: &Outline<'_>, place: usize) -> Vec<(Vec<String>, String)> {
        let mut told: Vec<(Vec<String>, String)> = Vec::new();
        for after in outline.told_waits(place) {
            let reasons = self.reasons(after);
            let step = self.reference(outline, &after.step);
            match told.iter_mut().find(|(_, said)| *said == reasons) {
                Some((steps, _)) => steps.push(step),
                None => told.push((vec![step], reasons)),
            }
        }
        told
    }

    /// Reasons, the telling ones first; all guide rows in one.
    pub(crate) fn because(&self, all: &[Because]) -> Vec<String> {
        let rows = all.iter().filter_map(|because| match because {
            Because::Row(key) => Some(*key),
            _ => None,
        });
        let (guide, ours): (Vec<_>, Vec<_>) = rows.partition(|key| key.row().lines.is_some());
        let mut said: Vec<_> = all.iter().filter_map(|because| self.telling(because)).collect();
        for (id, rows) in [("because-row", guide), ("because-row-ours", ours)] {
            if !rows.is_empty() {
                let rows: Vec<_> = rows.iter().map(|key| key.as_str()).collect();
                said.push(self.words.say(id, &[("rows", rows.join(", ").into())]));
            }
        }
        said
    }

    fn telling(&self, because: &Because) -> Option<String> {
        let condition = |id: &str, condition| {
            self.words.say(id, &[("condition", self.condition(condition).into())])
        };
        Some(match because {
            Because::Row(_) => return None,
            Because::Invariant(number) => self.invariant(*number),
            Because::Needs(needed) => condition("because-needs", needed),
            Because::Keeps(kept) => condition("because-keeps", kept),
            Because::TakesBack(taken) => condition("because-takes-back", taken),
            Because::Site(name) => {
                self.words.say("because-site", &[("name", name.as_str().into())])
            }
        })
    }

    /// Why guide rows do not apply.
    pub(crate) fn cause(&self, cause: &Cause) -> String {
        match cause {
            Cause::Claim(key) => self.claim_by(self.plan, key),
            Cause::Already(conditions) => {
                let all: Vec<_> = conditions.iter().map(|c| self.condition(c)).collect();
                self.words.say("cause-already", &[("conditions", all.join(", ").into())])
            }
        }
    }

    /// A debt that a step opens, and the step that pays it.
    pub(crate) fn opens(&self, outline: &Outline<'_>, place: usize, debt: &Atom) -> String {
        let what = ("what", self.atom(debt).into());
        match outline.paid_in(place, debt) {
            Some(payer) => self.words.say("debt-opens", &[what, ("step", payer.into())]),
            None => self.words.say("debt-stays", &[what]),
        }
    }

    /// A debt that a step pays, and the step that opened it.
    pub(crate) fn closes(&self, outline: &Outline<'_>, place: usize, debt: &Atom) -> String {
        let what = ("what", self.paid(debt).into());
        match outline.owed_since(place, debt) {
            Some(opener) => self.words.say("debt-closes", &[what, ("step", opener.into())]),
            None => self.words.say("debt-closes-earlier", &[what]),
        }
    }

    /// The rows that the plan leaves out, by what decides it.
    pub(crate) fn left_out(&self) -> Vec<(String, Vec<RowKey>)> {
        let mut all: Vec<(String, Vec<RowKey>)> = Vec::new();
        for left in self.plan.left_out.iter().filter(|left| !left.rows.is_empty()) {
            let cause = self.cause(&left.because);
            match all.iter_mut().find(|(said, _)| *said == cause) {
                Some((_, rows)) => rows.extend(
                    left.rows.iter().filter(|row| !rows.contains(row)).copied().collect::<Vec<_>>(),
                ),
                None => all.push((cause, left.rows.clone())),
            }
        }
        all
    }

    /// A hazard or doubt.
    pub(crate) fn warning(&self, warning: &Warning) -> String {
        // A playbook moves, stops and deploys by itself: whoever stops containers then disturbs it.
        let by_itself = warning.code == WarningCode::OldContainersWindow
            && warning
                .step
                .as_ref()
                .and_then(|id| self.plan.step(id.as_str()))
                .is_some_and(|step| matches!(step.action, Action::Playbook(_)));
        let until = warning.code == WarningCode::IdleNodeNewer && warning.until.is_some();
        // Named at the stop alone, it is open when the plan begins: no move of this plan opens it.
        let open = warning.code == WarningCode::OldContainersWindow
            && warning.step.is_some()
            && warning.step == warning.until;
        let attribute = match (by_itself || until, open, is_since_before(warning)) {
            (true, ..) => ".playbook",
            (_, true, _) => ".open",
            (.., true) => ".already",
            _ => "",
        };
        self.of_warning(warning, attribute)
    }

    /// What is said where its span ends, if anything is.
    pub(crate) fn warning_end(&self, outline: &Outline<'_>, warning: &Warning) -> Option<String> {
        let id = format!("warning-{}.end", warning.code.as_str());
        if !self.words.has(&id) {
            return None;
        }
        let mut said = self.of_warning(warning, ".end");
        if warning.code == WarningCode::Outage {
            let last = outline.stretch(warning).map(|stretch| stretch.last)?;
            // Another one goes on, or begins with the next step.
            let on = outline
                .outages()
                .into_iter()
                .find(|other| other.first <= last + 1 && other.last > last);
            said.push(' ');
            said.push_str(&match on {
                None => self.words.say("outage-over", &[]),
                Some(other) => {
                    let what = other.warning.args.get("what").map_or("", String::as_str);
                    self.words.say("outage-goes-on", &[("what", self.names(what).into())])
                }
            });
        }
        Some(said)
    }

    fn of_warning(&self, warning: &Warning, attribute: &str) -> String {
        let args: Vec<_> = warning
            .args
            .iter()
            .map(|(name, value)| (name.as_str(), self.argument(name, value)))
            .collect();
        self.words.say(&format!("warning-{}{attribute}", warning.code.as_str()), &args)
    }
}

/// Whether users were cut off before the plan's first step.
pub(super) fn is_since_before(outage: &Warning) -> bool {
    outage.code == WarningCode::Outage && outage.args.contains_key("since")
}

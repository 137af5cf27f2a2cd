//! The site's own steps.

use super::Check;
use crate::diagnostic::{Code, Diagnostic};
use crate::guide::RowKey;
use crate::plan::Phase;
use crate::topology::near::nearest;
use crate::topology::{Anchor, OwnPlace, OwnStep};

impl Check<'_> {
    pub(super) fn own(&mut self) -> Vec<OwnStep> {
        let mut all: Vec<OwnStep> = Vec::new();
        for index in self.document.names("own") {
            let at = |key: &str| format!("own.{index}.{key}");
            let Some(name) = self.name(&at("name")) else {
                continue;
            };
            if all.iter().any(|step| step.name == name) {
                self.say(&at("name"), Diagnostic::new(Code::Duplicate).arg("value", &name));
            }
            let texts = |key: &str| -> Vec<String> {
                let list = self.document.texts(&at(key)).unwrap_or_default();
                list.into_iter().map(str::to_owned).collect()
            };
            let (run, undo) = (texts("run"), texts("undo"));
            let confirm = self.document.text(&at("confirm")).map(str::to_owned);
            let node = self.name(&at("node"));
            let owes = self.document.bool(&at("owes")).unwrap_or(false);
            let shaped = run.is_empty() == confirm.is_some()
                && run.is_empty() == node.is_none()
                && !(owes && undo.is_empty());
            // A part of it that did not parse says more than that it is not whole.
            let doubted = self.in_doubt(&format!("own.{index}"));
            if !shaped && !doubted {
                self.say(&at("name"), Diagnostic::new(Code::OwnStepShape).arg("name", &name));
            }
            let before = self.anchor(&at("before")).map(OwnPlace::Before);
            let after = self.anchor(&at("after")).map(OwnPlace::After);
            let place = match (before, after) {
                (Some(place), None) | (None, Some(place)) => place,
                (Some(_), Some(_)) => {
                    self.say(
                        &at("after"),
                        Diagnostic::new(Code::KeyNotHere).arg("by", at("before")),
                    );
                    continue;
                }
                (None, None) => {
                    if !doubted {
                        self.say(
                            &at("name"),
                            Diagnostic::new(Code::OwnStepShape).arg("name", &name),
                        );
                    }
                    continue;
                }
            };
            all.push(OwnStep {
                name,
                place,
                node,
                run,
                confirm,
                probe: self.document.text(&at("probe")).map(str::to_owned),
                undo,
                owes,
                minutes: self.document.integer(&at("minutes")).and_then(|n| n.try_into().ok()),
            });
        }
        all
    }

    /// A phase or a guide row.
    pub(super) fn anchor(&mut self, path: &str) -> Option<Anchor> {
        let text = self.document.text(path)?.to_owned();
        if let Some(phase) = Phase::parse(&text) {
            return Some(Anchor::Phase(phase));
        }
        if let Some(row) = RowKey::parse(&text) {
            return Some(Anchor::Row(row));
        }
        let phases: Vec<_> = Phase::ALL.iter().map(|p| p.as_str()).collect();
        let mut diagnostic =
            Diagnostic::new(Code::UnknownRow).arg("value", &text).arg("choices", phases.join(", "));
        if let Some(near) = nearest(&text, phases.iter().copied()) {
            diagnostic = diagnostic.arg("near", near);
        }
        self.say(path, diagnostic);
        None
    }
}

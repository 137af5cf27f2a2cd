//! Plans as JSON: written in RFC 8785 order, read with everything derived checked.

use sha2::{Digest, Sha256};

use super::derive::{Derived, debts, derived};
use super::{FORMAT, Plan, StepId};
use crate::catalogue::hex;

/// A text is no plan that this program may use.
#[derive(Debug, thiserror::Error)]
pub enum ReadPlanError {
    /// Not JSON, or not of the plan's shape.
    #[error("not a plan: {0}")]
    Shape(#[from] serde_json::Error),
    /// A format version that this program does not read.
    #[error("plan format {found}, this program reads {known}")]
    Format {
        /// The version in the text.
        found: u32,
        /// The version known.
        known: u32,
    },
    /// The digest is not that of the text.
    #[error("the digest says {written}, the content has {computed}")]
    Digest {
        /// What the text says.
        written: String,
        /// What it should say.
        computed: String,
    },
    /// A derived field says something else than the action.
    #[error("step {step}: {field} is not what its action means")]
    Derived {
        /// The step.
        step: StepId,
        /// The field.
        field: &'static str,
    },
    /// A field says what no planner writes: a node that is not there, a name that is none.
    #[error("{place}: {field} is not what a plan can have there")]
    Unsound {
        /// The step, or the part of the plan.
        place: String,
        /// The field.
        field: &'static str,
    },
    /// A step waits for one that does not come before it, or an id stands twice.
    #[error("step {step}: its order is broken")]
    Order {
        /// The step.
        step: StepId,
    },
}

impl Plan {
    /// The plan as indented JSON, with a final line end.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut text = Vec::with_capacity(self.about_bytes());
        serde_json::to_writer_pretty(&mut text, self).expect("a plan is always JSON");
        text.push(b'\n');
        String::from_utf8(text).expect("JSON is UTF-8")
    }

    /// Room for the plan as JSON without growing on the way: a step of a cluster takes about 1.5 KB.
    fn about_bytes(&self) -> usize {
        4096 + self.steps.len() * 1600
    }

    /// The canonical form (RFC 8785) without the digest, over which the digest is taken.
    #[must_use]
    pub fn canonical(&self) -> String {
        self.around_digest(|before, behind| format!("{before}{behind}"))
    }

    /// What stands before and behind the digest in the canonical form.
    fn around_digest<R>(&self, of: impl FnOnce(&str, &str) -> R) -> R {
        // Fields stand in alphabetical order, maps are ordered, numbers are integers: compact JSON
        // is the canonical form once the digest is out.
        let mut text = Vec::with_capacity(self.about_bytes());
        serde_json::to_writer(&mut text, self).expect("a plan is always JSON");
        let text = std::str::from_utf8(&text).expect("JSON is UTF-8");
        let field = format!("\"digest\":{},", serde_json::Value::from(self.digest.as_str()));
        match text.find(&field) {
            Some(at) => of(&text[..at], &text[at + field.len()..]),
            None => of(text, ""),
        }
    }

    /// The digest of the content.
    #[must_use]
    pub fn computed_digest(&self) -> String {
        let hash = self.around_digest(|before, behind| {
            Sha256::new().chain_update(before).chain_update(behind).finalize()
        });
        format!("sha256:{}", hex(&hash))
    }

    pub(crate) fn sealed(mut self) -> Self {
        self.digest = String::new();
        self.digest = self.computed_digest();
        self
    }

    /// Reads a plan, derives everything derived again and compares.
    ///
    /// # Errors
    /// When the text is no plan, is of another format, was changed, or says something that its
    /// actions do not mean.
    pub fn read(text: &str) -> Result<Self, ReadPlanError> {
        #[derive(serde::Deserialize)]
        struct Head {
            format: super::Format,
        }
        // The version first: a plan of another format has fields that this program cannot know.
        let head: Head = serde_json::from_str(text)?;
        if head.format != FORMAT {
            let (found, known) = (head.format.version, FORMAT.version);
            return Err(ReadPlanError::Format { found, known });
        }
        let plan: Self = serde_json::from_str(text)?;
        let computed = plan.computed_digest();
        if plan.digest != computed {
            return Err(ReadPlanError::Digest { written: plan.digest, computed });
        }
        plan.check()?;
        plan.sound()?;
        Ok(plan)
    }

    /// Checks what must hold of any plan: derived fields, order, unique ids.
    fn check(&self) -> Result<(), ReadPlanError> {
        let mut seen = std::collections::BTreeSet::new();
        let mut now = self.start.clone();
        for step in &self.steps {
            let ordered = step.after.iter().all(|after| seen.contains(&after.step));
            if !ordered || !seen.insert(step.id.clone()) {
                return Err(ReadPlanError::Order { step: step.id.clone() });
            }
            let Derived { commands, cwd, kind, leaves, needs, repeat, undo } =
                derived(&step.action);
            let (opens, closes) = debts(&mut now, &leaves);
            let differs = [
                ("closes", closes != step.closes),
                ("commands", commands != step.commands),
                ("cwd", cwd != step.cwd),
                ("kind", kind != step.kind),
                ("leaves", leaves != step.leaves),
                ("needs", needs != step.needs),
                ("opens", opens != step.opens),
                ("repeat", repeat != step.repeat),
                ("undo", undo != step.undo),
            ];
            if let Some((field, _)) = differs.into_iter().find(|(_, differs)| *differs) {
                return Err(ReadPlanError::Derived { step: step.id.clone(), field });
            }
        }
        Ok(())
    }
}

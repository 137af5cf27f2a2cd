//! The site's own steps: no effect is known of them but the debt that they declare.

use serde::{Deserialize, Serialize};

use super::{Args, Family, Kind, Repeat, Undo, Why};
use crate::name::NodeName;
use crate::state::{Atom, Effect, ThingName, is, is_not};

/// A step that the topology file adds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Site {
    /// What is asked of a person, for a confirmation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirm: Option<String>,
    /// The step's name in the file.
    pub name: ThingName,
    /// Where its commands run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<NodeName>,
    /// It opens a debt, paid by `undo` at the end; or it is that payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owes: Option<Owes>,
    /// A command that exits 0 when the step is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probe: Option<String>,
    /// Its commands.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub run: Vec<String>,
    /// What takes it back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undo: Vec<String>,
}

/// What a site's own step does to a debt of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Owes {
    /// Opens it.
    Opens,
    /// Pays it.
    Pays,
}

impl Family for Site {
    fn code(&self) -> &'static str {
        match (self.owes, self.run.is_empty()) {
            (Some(Owes::Pays), _) => "site-pay",
            (_, true) => "site-confirm",
            (_, false) => "site-run",
        }
    }

    fn kind(&self) -> Kind {
        if self.run.is_empty() { Kind::Confirm } else { Kind::Change }
    }

    fn commands(&self) -> Vec<String> {
        self.run.clone()
    }

    fn effect(&self) -> Effect {
        let open = Atom::OwnOpen(self.name.clone());
        let done = match self.owes {
            None => vec![is(Atom::OwnDone(self.name.clone()))],
            Some(Owes::Opens) => vec![is(Atom::OwnDone(self.name.clone())), is(open)],
            Some(Owes::Pays) => vec![is_not(open)],
        };
        Effect { needs: Vec::new(), done, halves: Vec::new() }
    }

    fn args(&self) -> Args {
        let mut args = vec![("name", self.name.to_string())];
        if let Some(confirm) = &self.confirm {
            args.push(("text", confirm.clone()));
        }
        args
    }

    fn repeat(&self) -> Repeat {
        match self.probe {
            Some(_) => Repeat::ProbeFirst,
            None if self.run.is_empty() => Repeat::Safe,
            None => Repeat::AskFirst,
        }
    }

    fn undo(&self) -> Undo {
        match self.owes {
            Some(Owes::Pays) => Undo::Nothing,
            _ if !self.undo.is_empty() => Undo::Commands(self.undo.clone()),
            // A question answered leaves nothing behind.
            None if self.run.is_empty() => Undo::Nothing,
            _ => Undo::Irreversible(Why::SiteSaysNothing),
        }
    }
}

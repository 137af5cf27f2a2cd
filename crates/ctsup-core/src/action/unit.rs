//! Units of systemd: the antivirus off for the time of the work, and on again.

use serde::{Deserialize, Serialize};

use super::{Args, Family, Kind, Repeat, Undo, joined, node_arg};
use crate::name::NodeName;
use crate::state::{Atom, Effect, Half, is, is_not};

/// Something done to units of systemd.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Unit {
    /// Stops those that are active, and keeps which they were.
    StopAntivirus {
        /// Where.
        node: NodeName,
        /// Which.
        units: Vec<String>,
    },
    /// Starts exactly those that were stopped.
    StartAntivirus {
        /// Where.
        node: NodeName,
        /// Which.
        units: Vec<String>,
    },
}

impl Unit {
    fn parts(&self) -> (&NodeName, &[String]) {
        match self {
            Self::StopAntivirus { node, units } | Self::StartAntivirus { node, units } => {
                (node, units)
            }
        }
    }
}

/// A line for each: only those are started that were active before.
fn starts(units: &[String]) -> impl Iterator<Item = String> + '_ {
    units.iter().map(|unit| format!("systemctl start {unit}"))
}

impl Family for Unit {
    fn code(&self) -> &'static str {
        match self {
            Self::StopAntivirus { .. } => "unit-stop-antivirus",
            Self::StartAntivirus { .. } => "unit-start-antivirus",
        }
    }

    fn kind(&self) -> Kind {
        Kind::Change
    }

    fn commands(&self) -> Vec<String> {
        let units = joined(self.parts().1, " ");
        match self {
            Self::StopAntivirus { .. } => {
                vec![format!("systemctl is-active {units}"), format!("systemctl stop {units}")]
            }
            Self::StartAntivirus { .. } => {
                let mut all: Vec<_> = starts(self.parts().1).collect();
                all.push(format!("systemctl is-active {units}"));
                all
            }
        }
    }

    fn effect(&self) -> Effect {
        let off = Atom::AntivirusOff(self.parts().0.clone());
        match self {
            // One unit may be stopped and the other hang: owed all the same.
            Self::StopAntivirus { .. } => Effect {
                needs: Vec::new(),
                done: vec![is(off.clone())],
                halves: vec![Half { code: "unit-hangs", changes: vec![is(off)] }],
            },
            Self::StartAntivirus { .. } => {
                Effect { needs: Vec::new(), done: vec![is_not(off)], halves: Vec::new() }
            }
        }
    }

    fn args(&self) -> Args {
        let (node, units) = self.parts();
        vec![node_arg(node), ("units", joined(units, ", "))]
    }

    fn repeat(&self) -> Repeat {
        Repeat::Safe
    }

    fn undo(&self) -> Undo {
        match self {
            Self::StopAntivirus { units, .. } => Undo::Commands(starts(units).collect()),
            // It pays a debt; whoever needs it off again has a step for that.
            Self::StartAntivirus { .. } => Undo::Nothing,
        }
    }
}

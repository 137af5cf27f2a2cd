//! Where to go back to, and how.

use std::collections::BTreeMap;

use crate::name::{ClusterName, NodeName};
use crate::version::{ImageRef, Release};

/// Where to go back to, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rollback {
    /// The release.
    pub to: Release,
    /// The way, where the file chooses one (K11).
    pub way: Option<RollbackWay>,
    /// Whether VoEx goes back too; where there is one, a way back asks (A40).
    pub voex: Option<bool>,
    /// Saved image lists by node, as the operator's machine reads them.
    pub lists: BTreeMap<NodeName, String>,
    /// Backup directories by holder of data.
    pub backups: BTreeMap<NodeName, String>,
    /// The node on whose disk such a directory lies, where that is known: of copies that a plan made.
    pub copied_on: BTreeMap<NodeName, NodeName>,
    /// Where each cluster's resources were before the upgrade moved them (K11 a).
    pub home: BTreeMap<ClusterName, NodeName>,
    /// The one `upgrade_backup_*` directory to go back to (DR).
    pub upgrade_backup: Option<String>,
    /// The image of the database's old version (DR.4).
    pub postgres_image: Option<ImageRef>,
}

impl Rollback {
    /// Whether the file says that VoEx goes back too.
    #[must_use]
    pub fn takes_voex(&self) -> bool {
        self.voex == Some(true)
    }
}

/// A way back that the file chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RollbackWay {
    /// Old images by pins.
    Pins,
    /// From the backup.
    Restore,
    /// Only the database's version.
    Postgres,
}

//! The plans of this team's sites, made the way `ctsup plan` makes them.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ctsup_core::{Catalogue, Diagnostic, Goal, Outcome, Planned, Request, plan};

/// A site of ours.
#[derive(Debug)]
pub struct Site {
    /// What its files are called.
    pub name: String,
    /// `sites/NAME.toml`.
    pub topology: String,
    /// `sites/NAME.facts.toml`, where somebody observed it.
    pub facts: Option<String>,
}

/// All sites in a directory, by name.
///
/// # Errors
/// When a file can't be read.
pub fn sites(directory: &Path) -> io::Result<Vec<Site>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let Some(name) = name(&path) else { continue };
        let facts = path.with_file_name(format!("{name}.facts.toml"));
        let facts = facts.exists().then(|| fs::read_to_string(facts)).transpose()?;
        found.push(Site { name, topology: fs::read_to_string(path)?, facts });
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(found)
}

/// `moscow` for `moscow.toml`, nothing for `moscow.facts.toml` and other files.
fn name(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?.strip_suffix(".toml")?;
    (!name.contains('.')).then(|| name.to_owned())
}

/// Where this site's plan is kept.
#[must_use]
pub fn kept(root: &Path, site: &Site) -> PathBuf {
    root.join("plans").join(format!("{}.json", site.name))
}

/// Plans a site's upgrade.
///
/// # Errors
/// Everything that stands in the way: mistakes, missing facts, refusals.
pub fn planned(site: &Site) -> Result<Box<Planned>, Vec<Diagnostic>> {
    let outcome = plan(&Request {
        topology: &site.topology,
        facts: site.facts.as_deref(),
        image_lists: &BTreeMap::new(),
        catalogue: Catalogue::built_in(),
        goal: Goal::Upgrade,
    });
    match outcome {
        Outcome::Ready(planned) | Outcome::NothingToDo(planned) => Ok(planned),
        Outcome::Stopped(found) => Err(found),
    }
}

//! The installations that tests plan for: the examples that users see, and some of our own that
//! have what the examples lack.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ctsup_core::{Catalogue, Goal, NodeName, Outcome, Plan, Request};

/// A topology file.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    /// Its file's name without the ending.
    pub(crate) name: String,
    /// Its text.
    pub(crate) text: String,
}

/// All of them, in the order of their names; examples first.
pub(crate) fn all() -> Vec<Site> {
    let mut sites = examples();
    sites.extend(read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/sites")));
    sites
}

fn examples() -> Vec<Site> {
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples"))
}

fn read(directory: &Path) -> Vec<Site> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(directory)
        .expect("the directory of topologies is part of the project")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .collect();
    files.sort();
    files
        .into_iter()
        .map(|path| Site {
            name: path.file_stem().expect("a file").to_string_lossy().into_owned(),
            text: std::fs::read_to_string(&path).expect("a readable text"),
        })
        .collect()
}

/// The saved image lists that a topology names, by node, as the command line would read them.
pub(crate) fn image_lists(text: &str) -> BTreeMap<NodeName, String> {
    let parsed = ctsup_core::topology::parse(text, None);
    let rollback = parsed.topology.and_then(|site| site.rollback);
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    rollback
        .map(|rollback| rollback.lists)
        .unwrap_or_default()
        .into_iter()
        .filter_map(|(node, path)| Some((node, std::fs::read_to_string(examples.join(path)).ok()?)))
        .collect()
}

/// What planning for a goal ends in.
pub(crate) fn plan(text: &str, goal: Goal) -> Outcome {
    ctsup_core::plan(&Request {
        topology: text,
        facts: None,
        image_lists: &image_lists(text),
        catalogue: Catalogue::built_in(),
        goal,
    })
}

/// Every plan with steps that there is for these files, with a name that says which.
pub(crate) fn plans() -> Vec<(String, Plan)> {
    plans_of(all())
}

/// The same for the examples alone.
pub(crate) fn example_plans() -> Vec<(String, Plan)> {
    plans_of(examples())
}

fn plans_of(sites: Vec<Site>) -> Vec<(String, Plan)> {
    let mut plans = Vec::new();
    for site in sites {
        for goal in Goal::ALL {
            if let Outcome::Ready(planned) = plan(&site.text, goal) {
                plans.push((format!("{} {goal}", site.name), planned.plan));
            }
        }
    }
    plans
}

//! The plans of the examples: every file in `examples/`, planned for every goal it can be.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use ctsup_core::{Catalogue, Goal, Outcome, Planned, Request};

/// A plan with the name of its example and its goal.
pub(crate) struct Example {
    pub(crate) name: String,
    pub(crate) goal: Goal,
    pub(crate) planned: Planned,
}

impl Example {
    /// The options with which the command line renders it, but for the terminal's width.
    pub(crate) fn options(&self) -> ctsup_render::Options {
        ctsup_render::Options {
            look_ups: self.planned.look_ups.clone(),
            ..ctsup_render::Options::default()
        }
    }
}

/// All of them, planned once.
pub(crate) fn all() -> &'static [Example] {
    static ALL: LazyLock<Vec<Example>> = LazyLock::new(read);
    &ALL
}

/// The plan of one example for one goal.
pub(crate) fn of(name: &str, goal: Goal) -> &'static Example {
    let found = all().iter().find(|example| example.name == name && example.goal == goal);
    found.unwrap_or_else(|| panic!("examples/{name}.toml has a plan for {goal}"))
}

/// The workspace's file or directory.
pub(crate) fn path(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

fn read() -> Vec<Example> {
    let mut paths: Vec<_> = fs::read_dir(path("examples"))
        .expect("there are examples")
        .map(|entry| entry.expect("examples can be listed").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    paths.sort();
    let lists = image_lists();
    let mut examples = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).expect("an example can be read");
        let name = path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
        for goal in Goal::ALL {
            let request = Request {
                topology: &text,
                facts: None,
                image_lists: if text.contains("lists/") { &lists } else { &BTreeMap::new() },
                catalogue: Catalogue::built_in(),
                goal,
            };
            if let Outcome::Ready(planned) | Outcome::NothingToDo(planned) =
                ctsup_core::plan(&request)
            {
                examples.push(Example { name: name.clone(), goal, planned: *planned });
            }
        }
    }
    examples
}

/// Saved lists lie beside the examples as `NODE-current_version.txt`.
fn image_lists() -> BTreeMap<ctsup_core::NodeName, String> {
    let mut lists = BTreeMap::new();
    for entry in fs::read_dir(path("examples/lists")).expect("there are saved lists") {
        let path = entry.expect("lists can be listed").path();
        let name = path.file_name().expect("a file has a name").to_string_lossy().into_owned();
        if let Some(node) = name.strip_suffix("-current_version.txt") {
            let text = fs::read_to_string(&path).expect("a list can be read");
            lists.insert(node.parse().expect("lists are named after nodes"), text);
        }
    }
    lists
}

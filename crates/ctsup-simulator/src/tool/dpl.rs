//! `dpl`, the vendor's tool: works in the directory that holds `settings`.
//!
//! Its own set-up says which release it brings. Unless it is told to skip that, it updates the
//! set-up to what the registry offers before it does anything else. The set-up lies in the
//! application's directory, so it is saved and restored with it.

mod compose;
mod deploy;

use std::collections::BTreeMap;

use super::docker;
use crate::process::Shell;
use crate::world::files::Entry;
use crate::world::node::StackSpec;

/// Where the set-up is kept, below the application's directory.
pub(crate) const SET_UP: &str = ".cts/release";

pub(super) async fn run(shell: &Shell, args: &[&str]) -> i32 {
    let spec = shell.with(|w| w.node(&shell.node).stacks.get(&shell.cwd).cloned());
    let Some(spec) = spec else {
        shell.complain(&format!("dpl: no deployment in {}", shell.cwd));
        return 2;
    };
    if shell.with(|w| w.settings_text(&shell.node, &shell.cwd)).is_none() {
        shell.complain("dpl: settings: no such file");
        return 2;
    }
    if args.is_empty() {
        shell.complain("dpl: nothing to do");
        return 64;
    }
    if !docker::daemon(shell) {
        return 1;
    }
    let skip = shell.variable("DEPLOYKA_SKIP_UPDATE") == Some("true")
        || shell.variable("DPL_PULL_POLICY") == Some("never");
    if !skip && update(shell).await != 0 {
        return 1;
    }
    match args {
        ["-g"] => deploy::fetch(shell, &spec).await,
        ["-d", services @ ..] => deploy::deploy(shell, &spec, services).await,
        ["nxinstall" | "cadvinstall"] => {
            shell.busy(15_000, 60_000).await;
            let unit = if args == ["nxinstall"] { "node_exporter" } else { "cadvisor" };
            let release = set_up(shell);
            shell.with(|w| {
                let path = format!("/etc/systemd/system/{unit}.service");
                w.seed_file(&shell.node, &path, Entry::file(format!("# release {release}\n")));
                w.node_mut(&shell.node).units.insert(unit.to_owned(), true);
            });
            shell.line(&format!("{}: done", args[0]));
            0
        }
        ["--dc", rest @ ..] => compose::run(shell, &spec, rest).await,
        _ => {
            shell.complain(&format!("dpl: unknown arguments: {}", args.join(" ")));
            64
        }
    }
}

/// The release of the set-up, as an index into what the registry offers.
fn set_up(shell: &Shell) -> usize {
    let path = format!("{}/{SET_UP}", shell.cwd);
    shell.with(|w| {
        let release = w.text(&shell.node, &path).map(|t| t.trim().to_owned());
        let offers = &w.registry.offers;
        offers.iter().position(|o| Some(&o.release) == release.as_ref()).unwrap_or(0)
    })
}

async fn update(shell: &Shell) -> i32 {
    shell.busy(1_000, 5_000).await;
    if !shell.with(|w| w.node(&shell.node).registry) {
        shell.complain("dpl: can't update: no answer from the registry");
        return 1;
    }
    let path = format!("{}/{SET_UP}", shell.cwd);
    let written = shell.with(|w| {
        let newest = w.registry.offers.get(w.registry.newest()).map(|o| o.release.clone());
        w.seed_file(&shell.node, &format!("{}/.cts", shell.cwd), Entry::directory());
        w.write(&shell.node, &path, &format!("{}\n", newest.unwrap_or_default()))
    });
    if let Err(why) = written {
        shell.complain(&format!("dpl: {path}: {why}"));
        return 1;
    }
    0
}

/// Image by service: of the set-up's release, unless settings pin another.
fn images(shell: &Shell, spec: &StackSpec) -> BTreeMap<String, String> {
    let release = set_up(shell);
    shell.with(|w| {
        let settings = w.settings_text(&shell.node, &shell.cwd).unwrap_or_default();
        let pins = pins(&settings);
        let offered = w.registry.offers.get(release).map(|o| o.images.clone()).unwrap_or_default();
        let prefix = w.registry.prefix.clone();
        let image = |service: &String| pins.get(service).or(offered.get(service)).cloned();
        let named = spec.services.iter().filter_map(|(s, _)| Some((s.clone(), image(s)?)));
        named.map(|(s, i)| (s, format!("{prefix}{i}"))).collect()
    })
}

/// The pins of a settings file. Of two `images:` mappings YAML keeps the last one whole.
pub(crate) fn pins(settings: &str) -> BTreeMap<String, String> {
    let mut pins = BTreeMap::new();
    let mut inside = false;
    for line in settings.lines() {
        let line = line.split(" #").next().unwrap_or(line).trim_end();
        if line == "images:" {
            pins.clear();
            inside = true;
        } else if inside && line.starts_with(' ') {
            if let Some((service, image)) = line.trim().split_once(": ") {
                pins.insert(service.to_owned(), image.trim().trim_matches('"').to_owned());
            }
        } else if !line.is_empty() && !line.starts_with('#') {
            inside = false;
        }
    }
    pins
}

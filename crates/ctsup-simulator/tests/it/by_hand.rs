//! A person at the hosts: types a plan's commands in order, edits what is edited, waits and looks.

use ctsup_core::action::person::{DatabaseBack, Person};
use ctsup_core::action::settings::{Edit, Settings};
use ctsup_core::action::{Database, Playbook, Wait, database::DatabaseOp};
use ctsup_core::reader::{cluster, postgres};
use ctsup_core::{Action, Plan, Step};
use ctsup_simulator::{Command, Seen, Simulation};

/// What did not go as the plan has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trouble {
    pub(crate) step: String,
    pub(crate) what: String,
}

/// Longer than any command takes.
const LIMIT_MS: u64 = 8 * 3_600_000;

/// Carries a plan out; goes on whatever happens, so that all trouble is seen.
pub(crate) fn carry_out(plan: &Plan, simulation: &Simulation) -> Vec<Trouble> {
    let mut all = Vec::new();
    for step in &plan.steps {
        let outcome = match &step.action {
            Action::Wait(wait) => wait_for(simulation, step, wait),
            Action::Settings(settings) => edit(simulation, step, settings),
            Action::Person(person) => {
                decide(simulation, person);
                Ok(())
            }
            Action::Playbook(Playbook::NameImage { dir, image, node }) => {
                name_image(simulation, node.as_str(), dir, image);
                Ok(())
            }
            Action::Database(Database { op: DatabaseOp::WaitUpgraded { version, .. }, .. }) => {
                upgraded(simulation, step, version)
            }
            _ => type_in(simulation, step),
        };
        if let Err(what) = outcome {
            all.push(Trouble { step: step.id.to_string(), what });
        }
    }
    all
}

/// One command at a node's terminal.
pub(crate) fn run(simulation: &Simulation, node: &str, cwd: Option<&str>, line: &str) -> Seen {
    let command = Command {
        lines: vec![line.to_owned()],
        cwd: cwd.map(str::to_owned),
        job: None,
        terminal: true,
    };
    simulation.run(node, &command, LIMIT_MS).expect("the node is up")
}

fn type_in(simulation: &Simulation, step: &Step) -> Result<(), String> {
    let Some(node) = &step.node else { return Ok(()) };
    for line in &step.commands {
        // Where the resources are colocated the second one is there already (invariant 6).
        let moves = line.strip_prefix("pcs resource move ").and_then(|l| l.split_once(' '));
        if let Some((resource, to)) = moves {
            let seen = run(simulation, node.as_str(), None, "pcs status xml");
            let seen = cluster::read(&seen.printed.out).expect("the state of a cluster");
            if seen.runs_on(resource).contains(&to) {
                continue;
            }
        }
        let seen = run(simulation, node.as_str(), step.cwd.as_deref(), line);
        if seen.code != Some(0) {
            let last = seen.printed.err.lines().last().unwrap_or_default();
            let line: String = line.chars().take(60).collect();
            return Err(format!("{:?} {last}: {line}", seen.code));
        }
    }
    Ok(())
}

fn wait_for(simulation: &Simulation, step: &Step, wait: &Wait) -> Result<(), String> {
    let node = step.node.as_ref().expect("a wait has a node").as_str();
    match wait {
        Wait::Gate { on_both, on_one, nodes, .. } => {
            healthy(simulation, node, on_both, on_one, nodes.len(), None)
        }
        Wait::Arrived { on_both, on_one, nodes, node: to, .. } => {
            healthy(simulation, node, on_both, on_one, nodes.len(), Some(to.as_str()))
        }
        Wait::CleanLogs { dir, .. } | Wait::QuietLogs { dir, .. } => {
            let out = followed(simulation, node, dir, &step.commands[0])?;
            let bad = ["FATAL", "incompatible", "exiting"];
            match out.lines().find(|l| bad.iter().any(|b| l.contains(b))) {
                Some(line) => Err(line.to_owned()),
                None => Ok(()),
            }
        }
    }
}

/// What a log that is followed for a quarter of an hour says.
fn followed(simulation: &Simulation, node: &str, dir: &str, line: &str) -> Result<String, String> {
    let lines = vec![line.to_owned()];
    let command = Command { lines, cwd: Some(dir.to_owned()), ..Command::default() };
    let seen = simulation.run(node, &command, 15 * 60_000).expect("the node is up");
    if seen.running { Ok(seen.printed.out) } else { Err(format!("ended: {}", seen.printed.err)) }
}

fn upgraded(simulation: &Simulation, step: &Step, version: &str) -> Result<(), String> {
    let node = step.node.as_ref().expect("the database has a node").as_str();
    let dir = step.cwd.as_deref().expect("the database has a directory");
    let log = followed(simulation, node, dir, &step.commands[0])?;
    let said = postgres::read_upgrade_log(&log);
    if !said.iter().any(|a| a.upgrade == postgres::Upgrade::Done) {
        return Err(format!("no message: {log}"));
    }
    let again = run(simulation, node, Some(dir), &step.commands[1]);
    if again.code != Some(0) {
        return Err(format!("{}: {}", step.commands[1], again.printed.err));
    }
    let seen = run(simulation, node, Some(dir), &step.commands[2]);
    let read = postgres::read_version(&seen.printed.out).map_err(|e| e.to_string())?;
    if read.to_string() == version { Ok(()) } else { Err(format!("version {read}")) }
}

/// Waits until the cluster is as the plan's gate wants it, in its XML and in its text.
fn healthy(
    simulation: &Simulation,
    node: &str,
    on_both: &[String],
    on_one: &[String],
    count: usize,
    at: Option<&str>,
) -> Result<(), String> {
    let fqdn = at.map(|n| simulation.with(|w| w.nodes[n].fqdn.clone()));
    let all = |c: &cluster::Cluster| {
        c.nodes.len() == count
            && c.nodes.iter().all(cluster::Node::is_usable)
            && on_both.iter().all(|r| c.runs_on(r).len() == count)
            && on_one.iter().all(|r| c.active_node(r).is_ok())
            && fqdn
                .as_deref()
                .is_none_or(|f| ["cluster_ip", "dockerd"].iter().all(|r| c.active_node(r) == Ok(f)))
    };
    for _ in 0..60 {
        let seen = ["pcs status xml", "pcs status"].map(|line| {
            let seen = run(simulation, node, None, line);
            let read = cluster::read(&seen.printed.out).expect("the state of a cluster");
            assert!(read.notes.is_empty(), "{:?}", read.notes);
            all(&read)
        });
        if seen == [true, true] {
            return Ok(());
        }
        simulation.pass(2_000);
    }
    Err("the cluster did not become healthy".to_owned())
}

fn edit(simulation: &Simulation, step: &Step, settings: &Settings) -> Result<(), String> {
    let node = settings.node.as_str();
    for line in &step.commands[..2] {
        let copied = run(simulation, node, None, line);
        if copied.code != Some(0) {
            return Err(format!("{line}: {}", copied.printed.err));
        }
    }
    simulation.with(|w| {
        let text = w.text(node, &settings.file).ok_or("no settings")?;
        let text = edited(text, &settings.edit);
        w.write(node, &settings.file, &text).map_err(str::to_owned)
    })?;
    let seen = run(simulation, node, None, &step.commands[3]);
    // The copy is of this edit alone, so it differs.
    if seen.code != Some(1) { Err(seen.printed.err) } else { Ok(()) }
}

/// The text after an edit: one `images:` mapping, all else as it was.
fn edited(text: &str, edit: &Edit) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let pin = |lines: &mut Vec<String>, service: &str, image: Option<&str>| {
        lines.retain(|l| !l.starts_with(&format!("  {service}: ")));
        if let Some(image) = image {
            let at = lines.iter().position(|l| l == "images:").unwrap_or_else(|| {
                lines.push("images:".to_owned());
                lines.len() - 1
            });
            lines.insert(at + 1, format!("  {service}: {image}"));
        }
    };
    match edit {
        Edit::AskUpgrade => lines.push("postgres_upgrade: true".to_owned()),
        Edit::TakeUpgradeOut => lines.retain(|l| l != "postgres_upgrade: true"),
        Edit::AutoUpgrade => lines.push("postgres_auto_upgrade: true".to_owned()),
        Edit::PinSpecial(image) | Edit::HoldDatabase(image) => {
            pin(&mut lines, "postgres", Some(image.as_str()));
        }
        Edit::UnpinSpecial(_) => pin(&mut lines, "postgres", None),
        Edit::Pin(pins) => pins.iter().for_each(|(s, i)| pin(&mut lines, s, Some(i.as_str()))),
        Edit::Unpin(services) => services.iter().for_each(|s| pin(&mut lines, s, None)),
    }
    lines.join("\n") + "\n"
}

/// What a person does at the hosts where the plan only asks for it.
fn decide(simulation: &Simulation, person: &Person) {
    if let Person::BringCopy { from, node, path, .. } = person {
        let brought = simulation.with(|w| w.bring(from.as_str(), node.as_str(), path));
        assert!(brought.is_ok(), "{path} from {from} to {node}");
    }
    if let Person::RollBackDatabase { backup, node, part: DatabaseBack::MoveFiles, .. } = person {
        let data = simulation.with(|w| w.volume_path(node.as_str(), "cts_postgres_data"));
        for line in [
            format!("mv {data}/PG_VERSION {data}/PG_VERSION.new"),
            format!("mv {data}/{backup}/PG_VERSION {data}/PG_VERSION"),
        ] {
            assert_eq!(run(simulation, node.as_str(), None, &line).code, Some(0), "{line}");
        }
    }
}

fn name_image(simulation: &Simulation, node: &str, dir: &str, image: &str) {
    let file = format!("{dir}/group_vars/all.yaml");
    simulation.with(|w| {
        let text = w.text(node, &file).expect("the variables").to_owned();
        let line = |l: &str| match l.starts_with("web_client_image:") {
            true => format!("web_client_image: {image}\n"),
            false => format!("{l}\n"),
        };
        let text: String = text.lines().map(line).collect();
        w.write(node, &file, &text).expect("room for the variables");
    });
}

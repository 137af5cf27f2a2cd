//! What a person repeats at night: the copy that an undo needs outlives it, in a real shell.

use std::path::Path;
use std::process::{Command, Output};

use ctsup_core::action::Undo;
use ctsup_core::{Plan, Step};

/// The plan of an example, and a host's root that is a directory here.
fn plan(name: &str) -> Plan {
    let plans = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/plans");
    let text = std::fs::read_to_string(plans.join(format!("{name}.json"))).expect("a kept plan");
    Plan::read(&text).expect("the plan is read")
}

fn typed(root: &Path, dir: &str, commands: &[String]) -> Output {
    let at = root.display().to_string();
    let moved = |text: &str| text.replace("/var/", &format!("{at}/var/"));
    let lines: Vec<_> = commands.iter().map(|command| moved(command)).collect();
    let lines = lines.join("\n").replace("/opt/", &format!("{at}/opt/"));
    let dir = format!("{at}{dir}");
    Command::new("bash").arg("-c").arg(lines).current_dir(dir).output().expect("a shell")
}

fn undone(root: &Path, dir: &str, step: &Step) {
    let Undo::Commands(commands) = &step.undo else { panic!("{}: no commands", step.id) };
    typed(root, dir, commands);
}

#[test]
fn an_edit_typed_twice_is_undone_to_what_was_before_the_first() {
    let root = tempfile::tempdir().expect("a directory");
    let settings = root.path().join("opt/express/settings");
    std::fs::create_dir_all(settings.parent().expect("a parent")).expect("made");
    std::fs::write(&settings, "ccs_host: cts\n").expect("written");
    let plan = plan("split-old");
    let step = plan.step("back/settings/ask-upgrade").expect("the step");
    let by_hand: Vec<_> = step
        .commands
        .iter()
        .map(|command| match command.strip_prefix("vi ") {
            Some(file) => {
                format!("grep -q postgres {file} || echo 'postgres_upgrade: true' >> {file}")
            }
            None => command.clone(),
        })
        .collect();
    typed(root.path(), "/opt/express", &by_hand);
    let again = typed(root.path(), "/opt/express", &by_hand);
    let shown = String::from_utf8_lossy(&again.stdout).into_owned();
    assert!(shown.contains("+postgres_upgrade: true"), "what changed is shown again: {shown}");
    undone(root.path(), "/opt/express", step);
    assert_eq!(std::fs::read_to_string(&settings).expect("read"), "ccs_host: cts\n");
}

#[test]
fn a_certificate_placed_twice_is_undone_to_the_old_one() {
    let root = tempfile::tempdir().expect("a directory");
    let plan = plan("certificate");
    let step = plan.step("front/certificate/place").expect("the step");
    let dir = step.cwd.clone().expect("a directory");
    let place = root.path().join(dir.trim_start_matches('/'));
    let incoming = root.path().join("var/lib/ctsup/romashka/new-certificate");
    std::fs::create_dir_all(&place).expect("made");
    for name in ["server.crt", "server.key"] {
        std::fs::write(place.join(name), format!("old {name}")).expect("written");
    }
    for attempt in ["wrong", "right"] {
        std::fs::create_dir_all(&incoming).expect("made");
        for name in ["server.crt", "server.key"] {
            std::fs::write(incoming.join(name), format!("{attempt} {name}")).expect("written");
        }
        let placed = typed(root.path(), &dir, &step.commands);
        assert!(placed.status.success(), "{}", String::from_utf8_lossy(&placed.stderr));
        let now = std::fs::read_to_string(place.join("server.crt")).expect("read");
        assert_eq!(now, format!("{attempt} server.crt"));
    }
    undone(root.path(), &dir, step);
    for name in ["server.crt", "server.key"] {
        let back = std::fs::read_to_string(place.join(name)).expect("read");
        assert_eq!(back, format!("old {name}"));
    }
}

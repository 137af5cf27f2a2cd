//! The program on a real server, told to stop in every way there is, and gone on with.

use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::machine::Machine;
use crate::server::ctsup;

/// A run of the smallest upgrade on a server.
struct Carried<'m> {
    machine: &'m Machine,
    digest: String,
}

impl<'m> Carried<'m> {
    fn new(machine: &'m Machine) -> Self {
        let topology = machine.topology("root", "no");
        machine.ssh_config("publickey");
        let plan = machine.at("plan.json").display().to_string();
        let topology = topology.display().to_string();
        let planned = ctsup(machine, &["plan", &topology, "--format", "json", "-o", &plan])
            .output()
            .expect("it runs");
        assert!(planned.status.success(), "{planned:?}");
        let text = std::fs::read_to_string(&plan).expect("a file");
        let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        Self { machine, digest: json["digest"].as_str().expect("a digest").to_owned() }
    }

    fn program(&self, args: &[&str]) -> Command {
        let mut command = ctsup(self.machine, args);
        let dir = |name: &str| self.machine.at(name);
        command.arg("--runs").arg(dir("runs"));
        if matches!(args[0], "run" | "resume" | "abort") {
            command.arg("--ssh-config").arg(dir("ssh_config.publickey"));
        }
        command
    }

    /// Begins the run, in a process group of its own, as a terminal's shell would.
    fn begin(&self) -> Child {
        let plan = self.machine.at("plan.json").display().to_string();
        let log = std::fs::File::create(self.machine.at("out")).expect("a file");
        let mut command = self.program(&["run", &plan, "--digest", &self.digest]);
        command.process_group(0).stdout(Stdio::null()).stderr(log);
        command.spawn().expect("it runs")
    }

    /// Waits until `dpl -d` runs on the server.
    fn deploys(&self, child: &mut Child) {
        let until = Instant::now() + Duration::from_secs(60);
        while !self.machine.inside("cat /opt/site/calls").contains("dpl -d") {
            assert!(Instant::now() < until, "{}", self.said());
            assert!(child.try_wait().expect("a child").is_none(), "{}", self.said());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn said(&self) -> String {
        std::fs::read_to_string(self.machine.at("out")).unwrap_or_default()
    }

    fn status(&self) -> serde_json::Value {
        let output = self.program(&["status", "--format", "json"]).output().expect("it runs");
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"))
    }

    /// How a step stands.
    fn step(&self, end: &str) -> String {
        let status = self.status();
        let steps = status["steps"].as_array().expect("steps");
        let step = steps.iter().find(|s| s["step"].as_str().is_some_and(|id| id.ends_with(end)));
        step.unwrap_or_else(|| panic!("{end} in {status}"))["status"]
            .as_str()
            .unwrap_or("")
            .to_owned()
    }

    /// Goes on, a person agreeing to everything, until it is done; how often `dpl -d` ran then.
    fn finish(&self) -> usize {
        for _ in 0..12 {
            let log = std::fs::File::create(self.machine.at("out")).expect("a file");
            let mut resume = self.program(&["resume"]);
            let mut child = resume.stdout(Stdio::null()).stderr(log).spawn().expect("it runs");
            match ended(&mut child) {
                0 => {
                    let changes = self.machine.changes();
                    return changes.iter().filter(|call| *call == "dpl -d").count();
                }
                6 => {
                    let status = self.status();
                    let (run, step) = (status["run"].as_str(), status["step"].as_str());
                    let (Some(run), Some(step)) = (run, step) else { panic!("{status}") };
                    let told = self.program(&["confirm", run, step]).output().expect("it runs");
                    assert!(told.status.success(), "{told:?}");
                }
                code => panic!("{code}: {}", self.said()),
            }
        }
        panic!("it asks for ever");
    }
}

fn signal(name: &str, group: bool, child: &Child) {
    let id = format!("{}{}", if group { "-" } else { "" }, child.id());
    let sent = Command::new("kill").args([name, "--", &id]).status().expect("kill");
    assert!(sent.success());
}

fn ended(child: &mut Child) -> i32 {
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        if let Some(status) = child.try_wait().expect("a child") {
            return status.code().expect("it ends by itself");
        }
        assert!(Instant::now() < until, "it does not end");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A server whose next deploy takes some seconds.
fn slow() -> Option<Machine> {
    let machine = Machine::start()?;
    machine.inside("touch /opt/site/deploy-slow");
    Some(machine)
}

#[test]
fn the_first_ctrl_c_finishes_what_runs() {
    let Some(machine) = slow() else { return };
    let run = Carried::new(&machine);
    let mut child = run.begin();
    run.deploys(&mut child);
    // As a terminal does it: to ctsup and to all that it has started.
    signal("-INT", true, &child);
    assert_eq!(ended(&mut child), 130, "{}", run.said());
    assert_eq!(run.step("express/deploy"), "done", "{}", run.said());
    // It was watched all the time: no connection went.
    let journal =
        machine.inside(&format!("cat {}/runs/*/journal.jsonl", machine.dir.path().display()));
    assert!(!journal.contains("\"lost\"") && !journal.contains("reattached"), "{journal}");
    assert_eq!(run.finish(), 1);
}

#[test]
fn the_second_ctrl_c_leaves_at_once() {
    let Some(machine) = slow() else { return };
    let run = Carried::new(&machine);
    let mut child = run.begin();
    run.deploys(&mut child);
    let began = Instant::now();
    signal("-INT", true, &child);
    std::thread::sleep(Duration::from_millis(500));
    signal("-INT", true, &child);
    assert_eq!(ended(&mut child), 130, "{}", run.said());
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    assert_ne!(run.step("express/deploy"), "done");
    // The command runs on by itself, and is found again.
    assert_eq!(run.finish(), 1);
}

#[test]
fn term_is_the_first_ctrl_c_and_hup_is_nothing() {
    let Some(machine) = slow() else { return };
    let run = Carried::new(&machine);
    let mut child = run.begin();
    run.deploys(&mut child);
    signal("-HUP", true, &child);
    std::thread::sleep(Duration::from_millis(1000));
    assert!(child.try_wait().expect("a child").is_none(), "{}", run.said());
    signal("-TERM", false, &child);
    assert_eq!(ended(&mut child), 143, "{}", run.said());
    assert_eq!(run.step("express/deploy"), "done", "{}", run.said());
    assert_eq!(run.finish(), 1);
}

#[test]
fn a_program_that_is_killed_is_gone_on_with() {
    let Some(machine) = slow() else { return };
    let run = Carried::new(&machine);
    let mut child = run.begin();
    run.deploys(&mut child);
    child.kill().expect("kill");
    child.wait().expect("an end");
    assert_eq!(run.finish(), 1);
}

#[test]
fn a_run_that_is_given_up_blocks_nobody() {
    let Some(machine) = slow() else { return };
    let run = Carried::new(&machine);
    let mut child = run.begin();
    run.deploys(&mut child);
    signal("-TERM", false, &child);
    assert_eq!(ended(&mut child), 143, "{}", run.said());
    let lock = || machine.inside("cat /var/lib/ctsup/*/lock 2>/dev/null || true");
    // Stopped, it is still somebody's: nobody else begins in the middle of it unasked.
    assert!(!lock().trim().is_empty());
    let aborted = run.program(&["abort"]).output().expect("it runs");
    assert_eq!(aborted.status.code(), Some(5), "{aborted:?}");
    assert_eq!(lock().trim(), "");
}

/// A server that takes the connection and never says a word: whoever does not want to wait for it
/// leaves, and leaves nothing behind.
#[test]
fn ctrl_c_does_not_wait_for_a_silent_server() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let dir = crate::harness::scratch();
    let at = |name: &str| dir.path().join(name).display().to_string();
    let config = format!("Host *\nHostName 127.0.0.1\nPort {port}\n");
    std::fs::write(at("ssh_config"), config).expect("a file");
    let plan = crate::harness::root().join("fixtures/plans/single.json");
    let text = std::fs::read_to_string(&plan).expect("a kept plan");
    let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let digest = json["digest"].as_str().expect("a digest");
    let program = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ctsup"));
        command.args(["run", &plan.display().to_string(), "--digest", digest]);
        command.args(["--runs", &at("runs"), "--ssh-config", &at("ssh_config"), "--lang", "en"]);
        command
    };
    for (name, code) in [("-INT", 130), ("-TERM", 143)] {
        let log = std::fs::File::create(at("out")).expect("a file");
        let mut child = program().stdout(Stdio::null()).stderr(log).spawn().expect("it runs");
        // It is on its way once somebody is connected.
        let (stream, _) = listener.accept().expect("a connection");
        std::thread::sleep(Duration::from_millis(200));
        let began = Instant::now();
        signal(name, false, &child);
        std::thread::sleep(Duration::from_millis(300));
        signal(name, false, &child);
        let said = || std::fs::read_to_string(at("out")).unwrap_or_default();
        assert_eq!(ended(&mut child), code, "{}", said());
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
        assert!(said().contains("Nothing was changed"), "{}", said());
        assert_eq!(std::fs::read_dir(at("runs")).expect("runs").count(), 0);
        drop(stream);
    }
}

/// Whoever approves a plan learns that it was carried out already.
#[test]
fn a_plan_that_was_carried_out_is_named() {
    let Some(machine) = Machine::start() else { return };
    let run = Carried::new(&machine);
    let mut child = run.begin();
    assert_eq!(ended(&mut child), 6, "{}", run.said());
    assert!(!run.said().contains("carried out to its end already"), "{}", run.said());
    // A stop that was meant for a process that is gone stops nobody else.
    let order = "for d in $(ls -d RUNS/*/orders); do echo '{\"stop\":{\"at_once\":true,\"by\":\"x\"}}' >$d/1.json; done";
    machine.inside(&order.replace("RUNS", &machine.at("runs").display().to_string()));
    assert_eq!(run.finish(), 1);
    let mut child = run.begin();
    ended(&mut child);
    assert!(run.said().contains("carried out to its end already"), "{}", run.said());
}

/// What the work of one person changes is no news to another: that somebody is at work is.
#[test]
fn who_is_at_work_is_told_before_what_fell() {
    let Some(machine) = slow() else { return };
    let run = Carried::new(&machine);
    let mut child = run.begin();
    run.deploys(&mut child);
    machine.inside("mv /opt/backup /opt/elsewhere");
    let plan = machine.at("plan.json").display().to_string();
    let second = |over: &[&str]| {
        let mut command = ctsup(&machine, &["run", &plan, "--digest", &run.digest]);
        command.args(over).env("LOGNAME", "boris").arg("--runs").arg(machine.at("runs-2"));
        command.arg("--ssh-config").arg(machine.at("ssh_config.publickey"));
        let told = command.output().expect("it runs");
        (told.status.code(), String::from_utf8_lossy(&told.stderr).into_owned())
    };
    let (code, said) = second(&[]);
    assert!(code == Some(7) && said.contains("anna@"), "{said}");
    assert!(!said.contains("not so"), "{said}");
    // A run is not taken from anybody for a plan that does not hold.
    let (code, said) = second(&["--take-over"]);
    assert!(code == Some(1) && said.contains("there is no directory /opt/backup"), "{said}");
    machine.inside("mv /opt/elsewhere /opt/backup");
    let code = ended(&mut child);
    assert!(matches!(code, 0 | 6), "{code}: {}", run.said());
}

/// An answer that comes late is told that it is late, when the step was done, and by whom.
#[test]
fn an_answer_to_a_step_that_is_done_is_told_so() {
    let Some(machine) = Machine::start() else { return };
    let run = Carried::new(&machine);
    let mut child = run.begin();
    assert_eq!(ended(&mut child), 6, "{}", run.said());
    let status = run.status();
    let (name, asked) = (status["run"].as_str(), status["step"].as_str());
    let (Some(name), Some(asked)) = (name, asked) else { panic!("{status}") };
    let confirm = |step: &str| {
        let told = run.program(&["confirm", name, step]).output().expect("it runs");
        (told.status.code(), String::from_utf8_lossy(&told.stderr).into_owned())
    };
    assert_eq!(confirm(asked).0, Some(0));
    let (code, said) = confirm(asked);
    assert!(code == Some(1) && said.contains("is done already: 20"), "{said}");
    assert!(said.contains("answered by anna@"), "{said}");
    assert_eq!(run.finish(), 1);
}

/// Whoever is impatient and types it twice does not let go of what runs.
#[test]
fn abort_typed_twice_waits_all_the_same() {
    let Some(machine) = slow() else { return };
    let run = Carried::new(&machine);
    let mut child = run.begin();
    run.deploys(&mut child);
    for _ in 0..2 {
        let told = run.program(&["abort"]).output().expect("it runs");
        assert_eq!(told.status.code(), Some(7), "{told:?}");
        std::thread::sleep(Duration::from_millis(400));
    }
    assert_eq!(ended(&mut child), 5, "{}", run.said());
    assert_eq!(run.step("express/deploy"), "done", "{}", run.said());
}

/// What is lost here lies on the server: the plan, the journal, or both.
#[test]
fn a_lost_file_comes_back_from_the_server() {
    let Some(machine) = Machine::start() else { return };
    let run = Carried::new(&machine);
    let topology = machine.topology("root", "no").display().to_string();
    let mut child = run.begin();
    assert_eq!(ended(&mut child), 6, "{}", run.said());
    let name = run.status()["run"].as_str().expect("a name").to_owned();
    let folder = machine.at("runs").join(&name);
    for lost in [&["plan.json"][..], &["journal.jsonl"], &["plan.json", "journal.jsonl"]] {
        for file in lost {
            std::fs::remove_file(folder.join(file)).expect("it was there");
        }
        let gone = run.program(&["resume", &name]).output().expect("it runs");
        let said = String::from_utf8_lossy(&gone.stderr).into_owned();
        assert!(gone.status.code() == Some(1) && said.contains("--fetch"), "{lost:?}: {said}");
        let ran = run.program(&["resume", &name, "--fetch", &topology]).output().expect("it runs");
        assert_eq!(ran.status.code(), Some(6), "{lost:?}: {ran:?}");
    }
    assert_eq!(std::fs::read_dir(machine.at("runs")).expect("runs").count(), 1);
    assert_eq!(run.finish(), 1);
}

/// An answer that was left for a process that is gone is heard by the next one.
#[test]
fn an_answer_that_was_left_is_heard() {
    let Some(machine) = Machine::start() else { return };
    let run = Carried::new(&machine);
    let mut child = run.begin();
    assert_eq!(ended(&mut child), 6, "{}", run.said());
    let status = run.status();
    let (name, step) = (status["run"].as_str(), status["step"].as_str());
    let (Some(name), Some(step)) = (name, step) else { panic!("{status}") };
    let order = serde_json::json!({
        "answer": { "answer": "done", "by": "boris@laptop-2", "note": "seen", "step": step },
    });
    let orders = machine.at("runs").join(name).join("orders");
    std::fs::write(orders.join("1.json"), order.to_string()).expect("a file");
    let ran = run.program(&["resume"]).output().expect("it runs");
    assert_eq!(ran.status.code(), Some(0), "{ran:?}");
    let report = std::fs::read_to_string(machine.at("runs").join(name).join("report.md"));
    let report = report.expect("a report");
    let line = report.lines().find(|line| line.contains("boris@laptop-2")).unwrap_or_default();
    // Who, what, and when.
    assert!(line.contains("yes (seen)") && line.contains(": 20"), "{report}");
}

//! `ctsup attach` on a real server: a playbook that waits is answered, left, and answered again by
//! another process, and the run goes on with what it came to.

use std::fs;
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::machine::Machine;
use crate::server::ctsup;

const PLAY: &str = "control/playbook/all";

struct Night<'m> {
    machine: &'m Machine,
    plan: String,
    digest: String,
}

impl<'m> Night<'m> {
    fn new(machine: &'m Machine) -> Self {
        machine.ssh_config("publickey");
        machine.inside("mkdir -p /opt/deploy/playbook-cts");
        let mut text = include_str!("../../../../examples/ansible-single.toml")
            .replace("to = \"/backup\"", "to = \"/opt/backup\"")
            .replace("volumes = \"30 GiB\"", "volumes = \"1 MiB\"");
        // One server stands for both, under two names.
        let known = fs::read_to_string(machine.at("known")).expect("a file");
        let both = format!("{known}{}", known.replace("127.0.0.1", "localhost"));
        fs::write(machine.at("known"), both).expect("a file");
        for (name, address) in [("cts", "127.0.0.1"), ("control", "localhost")] {
            let fqdn = format!("fqdn = \"{name}.romashka.example\"");
            let reached = format!(
                "{fqdn}\naddress = \"{address}\"\nport = {}\nuser = \"root\"\nbecome = \"no\"",
                machine.port
            );
            text = text.replace(&fqdn, &reached);
        }
        let file = machine.at("site.toml").display().to_string();
        fs::write(&file, text).expect("a file");
        let plan = machine.at("plan.json").display().to_string();
        let planned = ctsup(machine, &["plan", &file, "--format", "json", "-o", &plan]).output();
        let planned = planned.expect("it runs");
        assert!(planned.status.success(), "{planned:?}");
        let json: serde_json::Value =
            serde_json::from_slice(&fs::read(&plan).expect("a plan")).expect("JSON");
        let digest = json["digest"].as_str().expect("a digest").to_owned();
        Self { machine, plan, digest }
    }

    fn program(&self, args: &[&str]) -> Command {
        let mut command = ctsup(self.machine, args);
        command.arg("--runs").arg(self.machine.at("runs"));
        if matches!(args[0], "run" | "resume" | "attach") {
            command.arg("--ssh-config").arg(self.machine.at("ssh_config.publickey"));
        }
        command
    }

    fn begin(&self, args: &[&str]) -> Child {
        let log = fs::File::create(self.machine.at("out")).expect("a file");
        self.program(args).stdout(Stdio::null()).stderr(log).spawn().expect("it runs")
    }

    fn status(&self) -> serde_json::Value {
        let output = self.program(&["status", "--format", "json"]).output().expect("it runs");
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"))
    }

    fn calls(&self) -> usize {
        let calls = self.machine.inside("cat /opt/site/calls 2>/dev/null");
        calls.lines().filter(|call| call.starts_with("ansible-playbook")).count()
    }

    /// Goes on, agreeing to what is asked, until `so`; the process that is at work then.
    fn until(&self, mut child: Child, so: impl Fn(&Self) -> bool) -> Child {
        let until = Instant::now() + Duration::from_secs(90);
        loop {
            if so(self) {
                return child;
            }
            let said = || fs::read_to_string(self.machine.at("out")).unwrap_or_default();
            assert!(Instant::now() < until, "{}", said());
            if let Some(ended) = child.try_wait().expect("a child") {
                assert_eq!(ended.code(), Some(6), "{}", said());
                let status = self.status();
                let (run, step) = (status["run"].as_str(), status["step"].as_str());
                let (Some(run), Some(step)) = (run, step) else { panic!("{status}") };
                let told = self.program(&["confirm", run, step]).output().expect("it runs");
                assert!(told.status.success(), "{told:?}");
                child = self.begin(&["resume"]);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn step(&self, id: &str) -> String {
        let status = self.status();
        let steps = status["steps"].as_array().expect("steps");
        let step = steps.iter().find(|s| s["step"] == id);
        step.unwrap_or_else(|| panic!("{id} in {status}"))["status"]
            .as_str()
            .unwrap_or("")
            .to_owned()
    }
}

/// Somebody at the playbook's terminal.
struct Seat {
    child: Child,
    seen: Arc<Mutex<String>>,
}

impl Seat {
    fn take(night: &Night<'_>) -> Self {
        let mut command = night.program(&["attach"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it runs");
        let seen = Arc::new(Mutex::new(String::new()));
        let (mut out, heard) = (child.stdout.take().expect("a pipe"), seen.clone());
        std::thread::spawn(move || {
            let mut bytes = [0; 1024];
            while let Ok(n) = out.read(&mut bytes) {
                if n == 0 {
                    return;
                }
                heard.lock().expect("a lock").push_str(&String::from_utf8_lossy(&bytes[..n]));
            }
        });
        Self { child, seen }
    }

    fn sees(&self, text: &str) {
        let until = Instant::now() + Duration::from_secs(30);
        while !self.seen.lock().expect("a lock").contains(text) {
            assert!(Instant::now() < until, "{text:?} in {:?}", self.seen.lock().expect("a lock"));
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn types(&mut self, bytes: &[u8]) {
        let stdin = self.child.stdin.as_mut().expect("a pipe");
        stdin.write_all(bytes).and_then(|()| stdin.flush()).expect("written");
    }

    /// What it said when it left, and that it left in good order.
    fn left(self) -> String {
        let output = self.child.wait_with_output().expect("an end");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
        said
    }
}

#[test]
fn a_playbook_is_answered_left_and_answered_again() {
    let Some(machine) = Machine::start() else { return };
    let night = Night::new(&machine);
    let nothing = night.program(&["attach"]).output().expect("it runs");
    assert_ne!(nothing.status.code(), Some(0));
    let first = night.begin(&["run", &night.plan, "--digest", &night.digest]);
    let mut first = night.until(first, |night| night.calls() > 0 && night.step(PLAY) == "running");

    let mut seat = Seat::take(&night);
    seat.sees("SSH password: ");
    seat.types(b"hunter22\r");
    seat.sees("8 letters");
    seat.sees("look at the logs: ");
    // Ctrl-]: the playbook goes on, and so does the run.
    seat.types(b"\x1d");
    assert!(seat.left().contains("goes on"));
    assert!(first.try_wait().expect("a child").is_none());

    // The run's own process dies; whoever comes next sees what was asked, and answers.
    first.kill().expect("kill");
    first.wait().expect("an end");
    let mut seat = Seat::take(&night);
    seat.sees("look at the logs: ");
    seat.types(b"fine\r");
    seat.sees("PLAY RECAP");
    assert!(seat.left().contains("has ended"));

    let resumed = night.begin(&["resume"]);
    let mut resumed = night.until(resumed, |night| night.step(PLAY) == "done");
    // It may have ended by itself.
    let _ = resumed.kill();
    resumed.wait().expect("an end");
    assert_eq!(night.calls(), 1);
    let typed = machine.inside(&format!(
        "grep -rl hunter22 /var/lib/ctsup /opt/site {}/runs {}/out; true",
        machine.dir.path().display(),
        machine.dir.path().display()
    ));
    assert_eq!(typed.trim(), "", "the password lies in files");
}

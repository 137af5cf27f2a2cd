//! The transport by the system's ssh, against a real sshd on loopback with keys of its own.

use std::fs;
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::time::Duration;

use ctsup_core::NodeName;
use ctsup_core::plan::{Server, Servers};
use ctsup_core::topology::Become;
use ctsup_executor::Transport;
use ctsup_executor::transport::{
    Base, Failure, JobAnswer, JobState, LockAnswer, LockOrder, Over, Put, PutAnswer, Reach, Real,
    Why,
};

use crate::machine::Machine;
use crate::node::{job, look, name, take};
use crate::shared;
use crate::sshd::Sshd;

impl Sshd {
    fn way(&self, port: u16) -> Real {
        let root = self.dir.path().display();
        let base = Base::at(format!("{root}/ctsup"));
        let mut reach = Reach::new(base);
        reach.connect = Duration::from_secs(10);
        let options = [
            format!("IdentityFile={root}/user"),
            format!("UserKnownHostsFile={root}/known"),
            "IdentitiesOnly=yes".to_owned(),
            "GlobalKnownHostsFile=/dev/null".to_owned(),
        ];
        reach.ssh_args = vec!["-F".to_owned(), "none".to_owned()];
        for option in options {
            reach.ssh_args.extend(["-o".to_owned(), option]);
        }
        let user = Command::new("id").arg("-un").output().expect("id");
        let server = Server {
            address: "127.0.0.1".to_owned(),
            r#become: Become::No,
            fqdn: "cts.example".to_owned(),
            port,
            role: ctsup_core::topology::Role::Single,
            user: String::from_utf8_lossy(&user.stdout).trim().to_owned(),
        };
        let nodes = [(name(), server)].into_iter().collect();
        Real::ssh(&Servers { clusters: Default::default(), nodes, stacks: Vec::new() }, reach)
    }

    fn here(&self) -> Real {
        self.way(self.port)
    }

    /// The servers of sessions that are open now.
    fn sessions(&self) -> Vec<u32> {
        children(self.server.id())
    }
}

/// The processes that a process has started.
fn children(of: u32) -> Vec<u32> {
    let all = fs::read_dir("/proc").expect("processes").flatten();
    let numbers = all.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let parent = |process: &u32| {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        let rest = stat.rsplit(") ").next().unwrap_or_default().to_owned();
        rest.split(' ').nth(1).and_then(|number| number.parse::<u32>().ok())
    };
    numbers.filter(|process| parent(process) == Some(of)).collect()
}

fn kill(signal: &str, process: u32) {
    let killed = Command::new("kill").args([signal, &process.to_string()]).status();
    assert!(killed.expect("kill").success());
}

/// A machine reached by its key, as root; its own files lie in a directory of the test's choice.
fn reached(machine: &Machine, base: &str) -> Real {
    let mut reach = Reach::new(Base::at(base));
    reach.connect = Duration::from_secs(10);
    let config = machine.ssh_config("publickey").display().to_string();
    reach.ssh_args = vec!["-F".to_owned(), config];
    let server = Server {
        address: "127.0.0.1".to_owned(),
        r#become: Become::No,
        fqdn: "cts.example".to_owned(),
        port: machine.port,
        role: ctsup_core::topology::Role::Single,
        user: "root".to_owned(),
    };
    let nodes = [(name(), server)].into_iter().collect();
    Real::ssh(&Servers { clusters: Default::default(), nodes, stacks: Vec::new() }, reach)
}

async fn why(way: &Real, node: &NodeName) -> Why {
    match way.look(node, &look("true")).await {
        Err(Failure::Unreachable { why, .. }) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn looks() {
    let Some(sshd) = Sshd::start("") else { return };
    let way = sshd.here();
    shared::looks_are_told_apart(&way, &name()).await;
    shared::looks_are_bounded(&way, &name()).await;
}

#[tokio::test]
async fn jobs_and_files() {
    let Some(sshd) = Sshd::start("") else { return };
    let way = sshd.here();
    let file = sshd.at("ran").display().to_string();
    shared::a_job_needs_the_lock_and_runs_once(&way, &name(), &file).await;
}

#[tokio::test]
async fn much_output() {
    let Some(sshd) = Sshd::start("") else { return };
    let way = sshd.here();
    let dir = sshd.dir.path().to_str().expect("UTF-8");
    shared::output_is_read_in_pieces(&way, &name(), dir).await;
    let root = sshd.at("root").display().to_string();
    shared::files_are_written_whole_and_only_over_what_was_read(&way, &name(), &root).await;
}

#[tokio::test]
async fn a_job_survives_the_death_of_ssh_and_is_found_again() {
    let Some(sshd) = Sshd::start("") else { return };
    let way = sshd.here();
    let node = name();
    way.lock(&node, &take(1, None)).await.expect("an answer");
    let long = job("cts-01/long", 1, &["echo begun; sleep 2; echo done"]);
    way.start(&node, &long).await.expect("an answer");
    let ssh = way.process(&node).await.expect("a process").to_string();
    assert!(Command::new("kill").args(["-9", &ssh]).status().expect("kill").success());
    let lost = way.look(&node, &look("true")).await;
    assert!(matches!(lost, Err(Failure::Lost { .. })), "{lost:?}");
    // Another process on another machine finds it as well.
    for way in [way, sshd.here()] {
        let (view, output) = shared::finished(&way, &node, &long).await;
        assert_eq!(view.state, JobState::Finished { code: 0 });
        assert_eq!(output, b"begun\ndone\n");
    }
}

#[tokio::test]
async fn obstacles_have_names() {
    let Some(sshd) = Sshd::start("") else { return };
    let node = name();
    sshd.know("other");
    assert_eq!(why(&sshd.here(), &node).await, Why::OtherHost);
    fs::write(sshd.at("known"), "").expect("a file");
    assert_eq!(why(&sshd.here(), &node).await, Why::UnknownHost);
    sshd.know("host");
    fs::write(sshd.at("authorized"), "").expect("a file");
    assert_eq!(why(&sshd.here(), &node).await, Why::LoginRefused);
    let free =
        TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port").port();
    assert_eq!(why(&sshd.way(free), &node).await, Why::Refused);
}

#[tokio::test]
async fn a_server_that_is_stopped_is_given_up_in_time() {
    let Some(sshd) = Sshd::start("") else { return };
    let server = sshd.server.id().to_string();
    assert!(Command::new("kill").args(["-STOP", &server]).status().expect("kill").success());
    let began = std::time::Instant::now();
    let found = why(&sshd.here(), &name()).await;
    assert!(Command::new("kill").args(["-CONT", &server]).status().expect("kill").success());
    assert_eq!(found, Why::Silent);
    assert!(began.elapsed() < Duration::from_secs(30));
}

#[tokio::test]
async fn a_job_survives_the_death_of_the_servers_side() {
    let Some(sshd) = Sshd::start("") else { return };
    let (way, node) = (sshd.here(), name());
    way.lock(&node, &take(1, None)).await.expect("an answer");
    let long = job("cts-01/long", 1, &["echo begun; sleep 2; echo done"]);
    way.start(&node, &long).await.expect("an answer");
    let sessions = sshd.sessions();
    assert!(!sessions.is_empty());
    for session in sessions {
        // With what it started for an unprivileged user, where it did.
        for process in children(session).into_iter().filter(|child| is_sshd(*child)) {
            kill("-9", process);
        }
        kill("-9", session);
    }
    let lost = way.look(&node, &look("true")).await;
    assert!(matches!(lost, Err(Failure::Lost { .. })), "{lost:?}");
    let (view, output) = shared::finished(&way, &node, &long).await;
    assert_eq!((view.state, &output[..]), (JobState::Finished { code: 0 }, &b"begun\ndone\n"[..]));
}

fn is_sshd(process: u32) -> bool {
    let name = fs::read_to_string(format!("/proc/{process}/comm")).unwrap_or_default();
    name.starts_with("sshd")
}

#[tokio::test]
async fn a_session_that_is_stopped_is_given_up_and_opened_anew() {
    let Some(sshd) = Sshd::start("") else { return };
    let (way, node) = (sshd.here(), name());
    way.look(&node, &look("true")).await.expect("an answer");
    let sessions = sshd.sessions();
    let all: Vec<_> = sessions.iter().flat_map(|s| children(*s)).filter(|p| is_sshd(*p)).collect();
    let stopped: Vec<_> = sessions.into_iter().chain(all).collect();
    stopped.iter().for_each(|process| kill("-STOP", *process));
    let began = std::time::Instant::now();
    let lost = way.look(&node, &ctsup_executor::transport::Look::new("true", SHORT)).await;
    assert!(matches!(lost, Err(Failure::Lost { .. })), "{lost:?}");
    assert!(began.elapsed() < Duration::from_secs(40), "{:?}", began.elapsed());
    assert_eq!(way.look(&node, &look("echo anew")).await.expect("an answer").out_text(), "anew\n");
    stopped.iter().for_each(|process| kill("-CONT", *process));
}

const SHORT: Duration = Duration::from_secs(2);

#[tokio::test]
async fn an_opened_master_is_used_and_its_death_survived() {
    let Some(machine) = Machine::start() else { return };
    let config = machine.ssh_config("publickey");
    let socket = machine.at("master").display().to_string();
    let text = fs::read_to_string(&config).expect("a file");
    let open = Command::new("ssh")
        .arg("-F")
        .arg(&config)
        .args(["-M", "-S", &socket, "-N", "-p", &machine.port.to_string(), "root@127.0.0.1"])
        .stdin(Stdio::null())
        .spawn();
    let mut master = open.expect("ssh");
    for _ in 0..100 {
        if machine.at("master").exists() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let (way, node) = (reached(&machine, "/opt/ctsup"), name());
    // No key any more: only through the master can it be reached.
    let keyless = text.replace("/user\n", "/none\n");
    fs::write(&config, format!("{keyless}ControlPath {socket}\n")).expect("a file");
    let through = way.look(&node, &look("echo through")).await.expect("an answer");
    assert_eq!(through.out_text(), "through\n");
    way.lock(&node, &take(1, None)).await.expect("an answer");
    let long = job("cts-01/long", 1, &["sleep 2; echo done"]);
    way.start(&node, &long).await.expect("an answer");
    master.kill().expect("kill");
    master.wait().expect("an end");
    let lost = way.look(&node, &look("true")).await;
    assert!(matches!(lost, Err(Failure::Lost { .. })), "{lost:?}");
    fs::write(&config, text).expect("a file");
    let (view, output) = shared::finished(&way, &node, &long).await;
    assert_eq!((view.state, &output[..]), (JobState::Finished { code: 0 }, &b"done\n"[..]));
}

#[tokio::test]
async fn a_full_disk_on_the_node() {
    let Some(machine) = Machine::start() else { return };
    machine.inside("mkdir /opt/small; mount -t tmpfs -o size=256k,mode=700 tmpfs /opt/small");
    let (way, node) = (reached(&machine, "/opt/small/ctsup"), name());
    assert!(way.lock(&node, &take(1, None)).await.expect("an answer").done);
    // A job whose output fills the disk: its end is known all the same.
    let much = job("cts-01/much", 1, &["head -c 1000000 /dev/zero || exit 9"]);
    way.start(&node, &much).await.expect("an answer");
    let (view, output) = shared::finished(&way, &node, &much).await;
    assert_eq!(view.state, JobState::Finished { code: 9 });
    assert!(output.len() < 256 << 10);
    // Now nothing more can be kept, so nothing more is started or written, and all of it is said.
    machine.inside("cat /dev/zero >/opt/small/full");
    let more = job("cts-01/more", 1, &["echo ran >/opt/ran"]);
    let refused = way.start(&node, &more).await.expect("an answer");
    assert!(matches!(refused, JobAnswer::NoRoom { .. }), "{refused:?}");
    assert_eq!(machine.inside("cat /opt/ran"), "");
    let put = |path: &str, over| Put {
        path: path.to_owned(),
        bytes: vec![b'x'; 100_000],
        over,
        generation: 1,
    };
    let written = way.put(&node, &put("/opt/small/ctsup/copy", Over::Anything)).await;
    assert!(matches!(written, Ok(PutAnswer::NoRoom { .. })), "{written:?}");
    let taken = way.lock(&node, &take(2, Some(1))).await;
    assert!(!matches!(taken, Ok(LockAnswer { done: true, .. })), "{taken:?}");
    let held = way.lock(&node, &LockOrder::Read).await.expect("an answer");
    assert_eq!(held.by.expect("an owner").generation, 1);
    // With room again the same job runs, once.
    machine.inside("rm -f /opt/small/full /opt/small/ctsup/jobs/*/*/*/out");
    let started = way.start(&node, &more).await.expect("an answer");
    assert!(matches!(started, JobAnswer::Started { .. }), "{started:?}");
    let (view, _) = shared::finished(&way, &node, &more).await;
    assert_eq!(view.state, JobState::Finished { code: 0 });
    assert_eq!(machine.inside("cat /opt/ran"), "ran\n");
}

#[tokio::test]
async fn settings_survive_a_full_disk() {
    let Some(machine) = Machine::start() else { return };
    machine.inside("mkdir /opt/small; mount -t tmpfs -o size=64k tmpfs /opt/small");
    machine.inside("echo old >/opt/small/settings; cat /dev/zero >/opt/small/full");
    let (way, node) = (reached(&machine, "/opt/ctsup"), name());
    assert!(way.lock(&node, &take(1, None)).await.expect("an answer").done);
    let put = Put {
        path: "/opt/small/settings".to_owned(),
        bytes: vec![b'x'; 9000],
        over: Over::Content(b"old\n".to_vec()),
        generation: 1,
    };
    let written = way.put(&node, &put).await;
    assert!(matches!(written, Ok(PutAnswer::NoRoom { .. })), "{written:?}");
    assert_eq!(machine.inside("cd /opt/small; cat settings; ls"), "old\nfull\nsettings\n");
}

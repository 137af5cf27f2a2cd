//! The transport by the system's ssh, against a real sshd on loopback with keys of its own.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use ctsup_core::NodeName;
use ctsup_core::plan::{Server, Servers};
use ctsup_executor::Transport;
use ctsup_executor::transport::{Base, Failure, JobState, Reach, Real, Why};
use tempfile::TempDir;

use crate::node::{job, look, name, take};
use crate::shared;

/// An sshd of the test's own.
struct Sshd {
    dir: TempDir,
    port: u16,
    server: Child,
}

impl Drop for Sshd {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn key(path: &Path) {
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-f"])
        .arg(path)
        .status()
        .expect("ssh-keygen");
    assert!(made.success());
}

impl Sshd {
    /// None, said aloud, where there is no sshd; in CI there must be one.
    fn start() -> Option<Self> {
        let program =
            ["/usr/sbin/sshd", "/usr/local/sbin/sshd"].into_iter().find(|p| Path::new(p).exists());
        let Some(program) = program else {
            assert_ne!(
                std::env::var("CI").as_deref(),
                Ok("true"),
                "CI has no sshd: install openssh-server"
            );
            eprintln_loudly("SKIPPED: there is no sshd here; install openssh-server");
            return None;
        };
        let dir = TempDir::new().expect("a directory");
        let at = |name: &str| dir.path().join(name);
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o700)).expect("a mode");
        for name in ["host", "other", "user"] {
            key(&at(name));
        }
        fs::copy(at("user.pub"), at("authorized")).expect("a copy");
        let port =
            TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port").port();
        let root = dir.path().display();
        let config = format!(
            "Port {port}\nListenAddress 127.0.0.1\nHostKey {root}/host\nPidFile none\n\
             AuthorizedKeysFile {root}/authorized\nStrictModes no\nUsePAM no\n\
             PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin yes\n"
        );
        fs::write(at("sshd_config"), config).expect("a file");
        // Where sshd runs as root it wants this directory.
        let _ = fs::create_dir_all("/run/sshd");
        let mut server = Command::new(program)
            .args(["-D", "-e", "-f"])
            .arg(at("sshd_config"))
            .stderr(Stdio::from(fs::File::create(at("log")).expect("a file")))
            .spawn()
            .expect("sshd");
        for _ in 0..100 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                let sshd = Self { dir, port, server };
                sshd.know("host");
                return Some(sshd);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let _ = server.kill();
        let _ = server.wait();
        panic!("sshd does not listen: {}", fs::read_to_string(at("log")).unwrap_or_default());
    }

    fn at(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The client knows the host by this key.
    fn know(&self, name: &str) {
        let key = fs::read_to_string(self.at(&format!("{name}.pub"))).expect("a key");
        let line = format!("[127.0.0.1]:{} {key}", self.port);
        fs::write(self.at("known"), line).expect("a file");
    }

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
            r#become: "no".to_owned(),
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
}

#[expect(clippy::print_stderr, reason = "a test that does not run must be seen")]
fn eprintln_loudly(text: &str) {
    eprintln!("{text}");
}

async fn why(way: &Real, node: &NodeName) -> Why {
    match way.look(node, &look("true")).await {
        Err(Failure::Unreachable { why, .. }) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn looks() {
    let Some(sshd) = Sshd::start() else { return };
    let way = sshd.here();
    shared::looks_are_told_apart(&way, &name()).await;
    shared::looks_are_bounded(&way, &name()).await;
}

#[tokio::test]
async fn jobs_and_files() {
    let Some(sshd) = Sshd::start() else { return };
    let way = sshd.here();
    let file = sshd.at("ran").display().to_string();
    shared::a_job_needs_the_lock_and_runs_once(&way, &name(), &file).await;
}

#[tokio::test]
async fn much_output() {
    let Some(sshd) = Sshd::start() else { return };
    let way = sshd.here();
    shared::output_is_read_in_pieces(&way, &name()).await;
    let root = sshd.at("root").display().to_string();
    shared::files_are_written_whole_and_only_over_what_was_read(&way, &name(), &root).await;
}

#[tokio::test]
async fn a_job_survives_the_death_of_ssh_and_is_found_again() {
    let Some(sshd) = Sshd::start() else { return };
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
    let Some(sshd) = Sshd::start() else { return };
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
    let Some(sshd) = Sshd::start() else { return };
    let server = sshd.server.id().to_string();
    assert!(Command::new("kill").args(["-STOP", &server]).status().expect("kill").success());
    let began = std::time::Instant::now();
    let found = why(&sshd.here(), &name()).await;
    assert!(Command::new("kill").args(["-CONT", &server]).status().expect("kill").success());
    assert_eq!(found, Why::Silent);
    assert!(began.elapsed() < Duration::from_secs(30));
}

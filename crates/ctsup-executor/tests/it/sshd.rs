//! A real sshd on loopback with keys of its own, for tests and for the bench beside ssh.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

/// An sshd of its own.
pub(crate) struct Sshd {
    pub(crate) dir: TempDir,
    pub(crate) port: u16,
    pub(crate) server: Child,
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
    /// With more lines of configuration. None, said aloud, where there is no sshd; in CI there must be
    /// one.
    pub(crate) fn start(more: &str) -> Option<Self> {
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
             PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin yes\n{more}"
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

    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The client knows the host by this key.
    pub(crate) fn know(&self, name: &str) {
        let key = fs::read_to_string(self.at(&format!("{name}.pub"))).expect("a key");
        let line = format!("[127.0.0.1]:{} {key}", self.port);
        fs::write(self.at("known"), line).expect("a file");
    }
}

#[expect(clippy::print_stderr, reason = "a test that does not run must be seen")]
fn eprintln_loudly(text: &str) {
    eprintln!("{text}");
}

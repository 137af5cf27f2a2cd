//! A server for tests: a real sshd in a mount namespace of its own, where users, passwords, sudo and
//! the vendor's directories are the test's. Nothing of it is left when it ends, however it ends.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::stand_in::STAND_INS;

/// The password of the user `deploy`, for the login and for sudo.
pub(crate) const PASSWORD: &str = "pw-hunter2-x";

/// A server.
pub(crate) struct Machine {
    pub(crate) dir: TempDir,
    pub(crate) port: u16,
    server: Child,
}

impl Drop for Machine {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// What makes a namespace into a server; its own `/etc`, homes and data vanish with it.
const SETUP: &str = r#"set -e
cp -a /etc "$dir/etc"; mount --bind "$dir/etc" /etc
for d in /home /var/lib /opt /usr/local/bin; do mount -t tmpfs -o mode=755 tmpfs $d; done
cp "$dir"/bin/* /usr/local/bin/
mkdir -p /opt/express/cts /opt/backup /opt/site /var/lib/docker/volumes/cts_redis_data/_data
printf 'ccs_host: cts\npassword: hunter2\n' >/opt/express/settings
echo data >/var/lib/docker/volumes/cts_redis_data/_data/dump
useradd -m -s /bin/bash deploy
echo "deploy:$password" | chpasswd
echo 'deploy ALL=(ALL) ALL' >/etc/sudoers.d/ctsup
mkdir -p /run/sshd
exec "$sshd" -D -e -f "$dir/sshd_config"
"#;

impl Machine {
    /// None, said aloud, where it can't be made; in CI it must be.
    pub(crate) fn start() -> Option<Self> {
        Self::with("UsePAM no\nKbdInteractiveAuthentication no\n")
    }

    /// With more lines for sshd.
    pub(crate) fn with(more: &str) -> Option<Self> {
        if let Some(missing) = missing() {
            assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "CI lacks {missing}");
            say(&format!("SKIPPED: a server of the test's own needs {missing}"));
            return None;
        }
        let dir = TempDir::new().expect("a directory");
        let at = |name: &str| dir.path().join(name);
        // sshd's own user goes through it; what is secret has modes of its own.
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).expect("a mode");
        fs::create_dir(at("bin")).expect("a directory");
        for (name, body) in STAND_INS.iter().filter(|(name, _)| *name != "sudo") {
            let text = format!(
                "#!/bin/sh\nSITE=/opt/site\necho \"{name} $*\" >>/opt/site/calls\n{body}\n"
            );
            fs::write(at("bin").join(name), text).expect("a file");
            fs::set_permissions(at("bin").join(name), fs::Permissions::from_mode(0o755))
                .expect("a mode");
        }
        for name in ["host", "user"] {
            let mut made = Command::new("ssh-keygen");
            made.args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(at(name));
            assert!(made.status().expect("ssh-keygen").success());
        }
        let port =
            TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port").port();
        let root = dir.path().display();
        let config = format!(
            "Port {port}\nListenAddress 127.0.0.1\nHostKey {root}/host\nPidFile none\n\
             AuthorizedKeysFile {root}/user.pub\nStrictModes no\nPermitRootLogin yes\n\
             PasswordAuthentication yes\nMaxStartups 100\n{more}"
        );
        fs::write(at("sshd_config"), config).expect("a file");
        let key = fs::read_to_string(at("host.pub")).expect("a key");
        fs::write(at("known"), format!("[127.0.0.1]:{port} {key}")).expect("a file");
        let server = Command::new("unshare")
            .args(["-m", "sh", "-c", SETUP])
            .env("dir", dir.path())
            .env("password", PASSWORD)
            .env("sshd", sshd().expect("looked for before"))
            .stderr(Stdio::from(fs::File::create(at("log")).expect("a file")))
            .spawn()
            .expect("unshare");
        let mut machine = Self { dir, port, server };
        for _ in 0..200 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Some(machine);
            }
            if machine.server.try_wait().expect("a child").is_some() {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("no server: {}", fs::read_to_string(machine.at("log")).unwrap_or_default());
    }

    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Runs a script as root on the server, beside ssh; its standard output.
    pub(crate) fn inside(&self, script: &str) -> String {
        let output = Command::new("nsenter")
            .args(["-m", "-t", &self.server.id().to_string(), "sh", "-c", script])
            .output()
            .expect("nsenter");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// A configuration of the client: by `password` or by `publickey`.
    pub(crate) fn ssh_config(&self, by: &str) -> PathBuf {
        let root = self.dir.path().display();
        let file = self.at(&format!("ssh_config.{by}"));
        let text = format!(
            "IdentityFile {root}/user\nIdentitiesOnly yes\nUserKnownHostsFile {root}/known\n\
             GlobalKnownHostsFile /dev/null\nPreferredAuthentications {by}\n"
        );
        fs::write(&file, text).expect("a file");
        file
    }
}

fn sshd() -> Option<&'static str> {
    ["/usr/sbin/sshd", "/usr/local/sbin/sshd"].into_iter().find(|path| Path::new(path).exists())
}

/// What is missing here.
fn missing() -> Option<&'static str> {
    let works = |program: &str, args: &[&str]| {
        let mut command = Command::new(program);
        command.args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    match () {
        () if sshd().is_none() => Some("openssh-server"),
        () if !works("sudo", &["-V"]) => Some("sudo"),
        () if !works("unshare", &["-m", "mount", "-t", "tmpfs", "tmpfs", "/opt"]) => {
            Some("root, and the right to make mount namespaces")
        }
        () => None,
    }
}

#[expect(clippy::print_stderr, reason = "a test that does not run must be seen")]
fn say(text: &str) {
    eprintln!("{text}");
}

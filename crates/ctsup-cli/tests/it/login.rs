//! Login and becoming root with passwords, against a real sshd and a real sudo.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::harness::Ran;
use crate::machine::{Machine, PASSWORD};
use crate::server::ctsup;

fn ran(command: &mut Command) -> Ran {
    let output = command.output().expect("the program was built for this test");
    Ran {
        stdout: String::from_utf8(output.stdout).expect("text"),
        stderr: String::from_utf8(output.stderr).expect("text"),
        exit: output.status.code().expect("it ends by itself"),
    }
}

/// A program that answers with one line of a file for each question, and keeps the questions.
fn askpass(machine: &Machine, answers: &[&str]) -> String {
    let dir = machine.dir.path().display().to_string();
    fs::write(machine.at("answers"), answers.join("\n") + "\n").expect("a file");
    fs::write(machine.at("asked"), "").expect("a file");
    let text = format!(
        "#!/bin/sh\necho \"$1\" >>{dir}/asked\nn=$(wc -l <{dir}/asked)\nsed -n \"${{n}}p\" {dir}/answers\n"
    );
    fs::write(machine.at("ask"), text).expect("a file");
    fs::set_permissions(machine.at("ask"), fs::Permissions::from_mode(0o755)).expect("a mode");
    format!("{dir}/ask")
}

fn asked(machine: &Machine) -> Vec<String> {
    let text = fs::read_to_string(machine.at("asked")).expect("a file");
    text.lines().map(str::to_owned).collect()
}

fn observe(machine: &Machine, answers: &[&str]) -> Ran {
    observe_by(machine, "password", answers)
}

fn observe_by(machine: &Machine, by: &str, answers: &[&str]) -> Ran {
    let config = machine.ssh_config(by);
    let topology = machine.topology("deploy", "sudo-with-password");
    let ask = askpass(machine, answers);
    let (config, topology) = (config.display().to_string(), topology.display().to_string());
    let mut command = ctsup(machine, &["observe", &topology, "--ssh-config", &config]);
    ran(command.env("SSH_ASKPASS", ask).env("SSH_ASKPASS_REQUIRE", "force"))
}

const LOGIN: &str = "Password of deploy, tried on all servers:";
const SUDO: &str = "sudo password of deploy, tried on all servers:";

#[test]
fn each_is_asked_once() {
    let Some(machine) = Machine::start() else { return };
    let got = observe(&machine, &[PASSWORD, PASSWORD]);
    assert!(got.stderr.contains("cts: reached as root"), "{got:?}");
    assert_eq!(got.exit, 0, "{got:?}");
    assert_eq!(asked(&machine), [LOGIN, SUDO]);
}

#[test]
fn keyboard_interactive_is_the_same_password() {
    let Some(machine) = Machine::with("UsePAM yes\n") else { return };
    let got = observe_by(&machine, "keyboard-interactive", &[PASSWORD, PASSWORD]);
    assert!(got.stderr.contains("cts: reached as root"), "{got:?}");
    assert_eq!(asked(&machine), [LOGIN, SUDO]);
    let got = observe_by(&machine, "keyboard-interactive", &["tpyo", PASSWORD, PASSWORD]);
    assert!(got.stderr.contains("cts: reached as root"), "{got:?}");
    assert_eq!(asked(&machine), [LOGIN, LOGIN, SUDO]);
}

#[test]
fn what_was_mistyped_is_asked_anew() {
    let Some(machine) = Machine::start() else { return };
    let got = observe(&machine, &["tpyo", PASSWORD, "tpyo", PASSWORD]);
    assert!(got.stderr.contains("cts: reached as root"), "{got:?}");
    assert_eq!(asked(&machine), [LOGIN, LOGIN, SUDO, SUDO]);
}

#[test]
fn refusals_have_names() {
    let Some(machine) = Machine::start() else { return };
    let got = observe(&machine, &["wrong"; 30]);
    assert!(got.stderr.contains("the login was refused"), "{got:?}");
    assert_eq!(got.exit, 1);
    let got = observe(&machine, &[PASSWORD, "wrong", "wrong", "wrong", "wrong", "wrong"]);
    assert!(got.stderr.contains("sudo wants a password, or refuses"), "{got:?}");
    assert_eq!(got.exit, 1);
    // Nobody there: no prompt, and no empty password that would count as a try.
    let (config, topology) = (machine.ssh_config("publickey"), machine.at("site.toml"));
    let (config, topology) = (config.display().to_string(), topology.display().to_string());
    let args = ["observe", &topology, "--ssh-config", &config];
    let got = ran(&mut ctsup(&machine, &args));
    assert!(got.stderr.contains("sudo wants a password, or refuses"), "{got:?}");
}

#[test]
fn a_person_types_it_unseen() {
    let Some(machine) = Machine::start() else { return };
    let config = machine.ssh_config("password");
    let topology = machine.topology("deploy", "sudo-with-password");
    let args =
        ["observe", &topology.display().to_string(), "--ssh-config", &config.display().to_string()];
    let inner = ctsup(&machine, &args);
    // `script` gives the program a terminal.
    let line = format!("{} {}", env!("CARGO_BIN_EXE_ctsup"), args.join(" "));
    let mut script = Command::new("script");
    script.args(["-qec", &line, "/dev/null"]).env_clear();
    script.envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let mut script =
        script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("script, of util-linux");
    let (mut typed, mut shown) =
        (script.stdin.take().expect("piped"), script.stdout.take().expect("piped"));
    let (mut text, mut bytes, mut answered) = (String::new(), [0; 4096], 0);
    let until = Instant::now() + Duration::from_secs(60);
    while let Ok(n) = shown.read(&mut bytes) {
        assert!(Instant::now() < until, "{text}");
        if n == 0 {
            break;
        }
        text.push_str(&String::from_utf8_lossy(&bytes[..n]));
        if text.matches("tried on all servers: ").count() > answered {
            answered += 1;
            // A moment, as a person needs, for the terminal to stop echoing.
            std::thread::sleep(Duration::from_millis(200));
            typed.write_all(format!("{PASSWORD}\r").as_bytes()).expect("typed");
        }
    }
    assert!(script.wait().expect("it ends").success(), "{text}");
    assert_eq!(answered, 2, "{text}");
    assert!(text.contains("cts: reached as root"), "{text}");
    assert!(!text.contains(PASSWORD), "{text}");
}

#[test]
fn passwords_are_nowhere_to_be_seen() {
    let Some(machine) = Machine::start() else { return };
    // A command of the server's that looks about while everything is open.
    let spy = format!(
        "#!/bin/sh\n# looks at every process\nw=$(printf '%s%s' {} {})\n\
         for f in /proc/[0-9]*/cmdline /proc/[0-9]*/environ; do\n\
         [ \"${{f%/*}}\" = /proc/$$ ] && continue\n\
         if tr '\\0' '\\n' <$f 2>/dev/null | grep -q \"$w\"; then echo $f >>/opt/site/found; fi\ndone\n\
         echo looked >>/opt/site/looked\n",
        &PASSWORD[..5],
        &PASSWORD[5..]
    );
    fs::write(machine.at("spy"), spy).expect("a file");
    let dir = machine.dir.path().display().to_string();
    machine.inside(&format!("cp {dir}/spy /usr/local/bin/dpl; chmod 755 /usr/local/bin/dpl"));
    let got = observe(&machine, &[PASSWORD, PASSWORD]);
    assert!(got.stderr.contains("cts: reached as root"), "{got:?}");
    assert!(machine.inside("cat /opt/site/looked").contains("looked"), "nobody looked: {got:?}");
    assert_eq!(machine.inside("cat /opt/site/found"), "");
    assert!(!format!("{got:?}").contains(PASSWORD), "{got:?}");
    // Nothing is left behind: neither the socket's directory nor a file that holds it.
    let left = machine.inside(&format!(
        "cd {dir}; ls -A | grep -i ctsup; grep -rl -e {PASSWORD} . /var/lib /home /opt | grep -v -e answers -e ssh_config"
    ));
    assert_eq!(left, "");
}

//! Who types passwords: a person at the terminal, or the program that `SSH_ASKPASS` names.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::ArgMatches;
use ctsup_executor::transport::{Base, Passwords, Prompt, Reach, askpass};
use ctsup_render::Words;

use super::person::Asked;
use crate::console::Console;

/// How the nodes of an installation are reached from here.
pub(crate) fn reach(matches: &ArgMatches, site: &str, console: &Console) -> Reach {
    let mut reach = Reach::new(Base::of(site));
    if let Some(file) = matches.get_one::<String>("ssh-config") {
        reach.ssh_args = vec!["-F".to_owned(), file.clone()];
    }
    reach.passwords = passwords(console.words);
    reach
}

/// Prints what ssh asks for, where it was ssh that called this program.
pub(crate) fn answer_ssh() -> Option<bool> {
    use std::io::Write as _;
    let socket = PathBuf::from(std::env::var_os(askpass::SOCKET)?);
    let prompt = std::env::args_os().nth(1).unwrap_or_default();
    let answer = askpass::answer(&socket, &prompt.to_string_lossy());
    Some(answer.is_ok_and(|bytes| std::io::stdout().write_all(&bytes).is_ok()))
}

fn passwords(words: &'static Words) -> Option<Arc<Passwords>> {
    let typist = Typist::here()?;
    let program = std::env::current_exe().ok()?;
    let ask = move |prompt: &Prompt| {
        let text = match prompt {
            Prompt::Login { user, node: None } => {
                words.say("run-password-login", &[("user", user.into())])
            }
            Prompt::Become { user, node: None } => {
                words.say("run-password-become", &[("user", user.into())])
            }
            Prompt::Login { user, node: Some(node) } => words.say(
                "run-password-login-own",
                &[("node", node.as_str().into()), ("user", user.into())],
            ),
            Prompt::Become { user, node: Some(node) } => words.say(
                "run-password-become-own",
                &[("node", node.as_str().into()), ("user", user.into())],
            ),
            Prompt::Registry { url, user, refused } => {
                let id =
                    if *refused { "run-password-registry-again" } else { "run-password-registry" };
                words.say(id, &[("url", url.as_str().into()), ("user", user.into())])
            }
            Prompt::Other { node, text } => {
                format!("{node}: {}", super::view::printable(text.trim_end()))
            }
        };
        let typed = typist.ask(&format!("{text} "))?;
        let password = ctsup_executor::transport::Password::new(&typed);
        (!typed.trim_end().is_empty()).then_some(password)
    };
    Some(Arc::new(Passwords::new(program, Box::new(ask))))
}

/// The terminal belongs to somebody else from now on: a password that is asked for there is one that
/// nobody types.
pub(crate) fn no_more_passwords() {
    TAKEN.store(true, Ordering::SeqCst);
}

static TAKEN: AtomicBool = AtomicBool::new(false);

/// Who types.
enum Typist {
    Terminal,
    Program(PathBuf),
}

impl Typist {
    /// As ssh chooses: the program where it is wanted always or there is no terminal.
    fn here() -> Option<Self> {
        let program = std::env::var_os("SSH_ASKPASS").filter(|program| !program.is_empty());
        let wanted = std::env::var("SSH_ASKPASS_REQUIRE").unwrap_or_default();
        match (program, wanted.as_str()) {
            (Some(program), "force" | "prefer") => Some(Self::Program(program.into())),
            _ if std::io::stdin().is_terminal() && std::io::stderr().is_terminal() => {
                Some(Self::Terminal)
            }
            _ => None,
        }
    }

    fn ask(&self, text: &str) -> Option<String> {
        match self {
            Self::Terminal if TAKEN.load(Ordering::SeqCst) => None,
            Self::Terminal => {
                let _asked = Asked::begin();
                rpassword::prompt_password(text).ok()
            }
            Self::Program(program) => {
                let mut command = Command::new(program);
                command.arg(text.trim_end()).stdin(Stdio::null()).stderr(Stdio::null());
                let output = command.output().ok().filter(|output| output.status.success())?;
                String::from_utf8(output.stdout).ok()
            }
        }
    }
}

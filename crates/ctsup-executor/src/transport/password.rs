//! Passwords that ssh and sudo ask for: a person is asked once, and what was typed is kept in the
//! memory of this process and nowhere else.
//!
//! One that a person types for a user of the servers is tried on the other servers of the plan as
//! well; where it is refused, that server's own is asked for. What jump hosts and keys ask is never
//! mixed up with it: their questions read differently.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ctsup_core::NodeName;
use ctsup_core::plan::Server;
use tokio::sync::Mutex;

/// A password; it never shows itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// From what a person typed, without a line's end.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.trim_end_matches(['\r', '\n']).to_owned())
    }

    pub(super) fn line(&self) -> String {
        format!("{}\n", self.0)
    }

    /// What `curl -K -` reads of a login.
    pub(crate) fn for_curl(&self, user: &str) -> Self {
        let escaped = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
        Self(format!("user = \"{}:{}\"", escaped(user), escaped(&self.0)))
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

/// What a password is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Prompt {
    /// To log in. Tried on all servers where `node` is none.
    Login {
        /// Whose.
        user: String,
        /// The server that refused the one for all.
        node: Option<NodeName>,
    },
    /// For sudo. Tried on all servers where `node` is none.
    Become {
        /// Whose.
        user: String,
        /// The server that refused the one for all.
        node: Option<NodeName>,
    },
    /// For a registry of images.
    Registry {
        /// Where it is asked.
        url: String,
        /// Whose.
        user: String,
        /// The registry refused the one before.
        refused: bool,
    },
    /// Something else that ssh asks on the way to a server: a key's passphrase, a jump host.
    Other {
        /// On the way to which.
        node: NodeName,
        /// What it asks, word for word.
        text: String,
    },
}

/// Asks a person; none where nobody is there, or nothing was typed.
pub type Ask = dyn Fn(&Prompt) -> Option<Password> + Send + Sync;

/// All passwords of one process.
pub struct Passwords {
    program: PathBuf,
    ask: Arc<Ask>,
    known: Mutex<Known>,
    asking: AtomicUsize,
}

#[derive(Default)]
struct Known {
    login: BTreeMap<String, Typed>,
    becoming: BTreeMap<String, Typed>,
    /// By user and address of the registry.
    registry: BTreeMap<(String, String), Password>,
    /// By the question, and by who asked it the how manieth time where it names nobody.
    other: BTreeMap<(NodeName, String, u32), Password>,
}

/// What was typed for one user.
#[derive(Default)]
struct Typed {
    all: Option<Password>,
    /// Some server took it, so it is not wrong where another refuses it.
    taken: bool,
    own: BTreeMap<NodeName, Password>,
}

impl std::fmt::Debug for Passwords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Passwords").field("program", &self.program).finish_non_exhaustive()
    }
}

impl Passwords {
    /// With the program that ssh calls to ask (`SSH_ASKPASS`; it calls [`super::askpass::answer`])
    /// and whoever asks the person.
    #[must_use]
    pub fn new(program: PathBuf, ask: Box<Ask>) -> Self {
        let (ask, known) = (Arc::from(ask), Mutex::default());
        Self { program, ask, known, asking: AtomicUsize::new(0) }
    }

    pub(super) fn program(&self) -> &std::path::Path {
        &self.program
    }

    /// Somebody is being asked: whoever waits for it waits longer.
    pub(super) fn are_asked(&self) -> bool {
        self.asking.load(Ordering::Relaxed) > 0
    }

    /// What ssh asks on its way to a server, the `time`-th time in this connection (from 1).
    pub(super) async fn asked_by_ssh(
        &self,
        node: &NodeName,
        server: &Server,
        text: &str,
        time: u32,
    ) -> Option<Password> {
        let _asking = Asking::begin(&self.asking);
        let mut known = self.known.lock().await;
        if is_login(text, server) {
            let typed = known.login.entry(server.user.clone()).or_default();
            let user = server.user.clone();
            return self.typed(typed, node, time > 1, |node| Prompt::Login { user, node }).await;
        }
        // A question that names nobody may come from each of several hosts on the way.
        let which = if text.contains('@') || text.contains('/') { 1 } else { time };
        let key = (node.clone(), text.to_owned(), which);
        let again = which != time;
        if let Some(password) = known.other.get(&key).filter(|_| !again) {
            return Some(password.clone());
        }
        let prompt = Prompt::Other { node: node.clone(), text: text.to_owned() };
        let password = self.person(prompt).await?;
        known.other.insert(key, password.clone());
        Some(password)
    }

    /// What sudo asks on a server, the `time`-th time in this connection (from 1).
    pub(super) async fn asked_by_sudo(
        &self,
        node: &NodeName,
        server: &Server,
        time: u32,
    ) -> Option<Password> {
        let _asking = Asking::begin(&self.asking);
        let mut known = self.known.lock().await;
        let typed = known.becoming.entry(server.user.clone()).or_default();
        let user = server.user.clone();
        self.typed(typed, node, time > 1, |node| Prompt::Become { user, node }).await
    }

    /// What a registry asks for.
    pub(super) async fn asked_by_registry(
        &self,
        user: &str,
        url: &str,
        refused: bool,
    ) -> Option<Password> {
        let _asking = Asking::begin(&self.asking);
        let mut known = self.known.lock().await;
        let key = (user.to_owned(), url.to_owned());
        if let Some(password) = known.registry.get(&key).filter(|_| !refused) {
            return Some(password.clone());
        }
        let (url, user) = (url.to_owned(), user.to_owned());
        let password = self.person(Prompt::Registry { url, user, refused }).await?;
        known.registry.insert(key, password.clone());
        Some(password)
    }

    /// A server's shell is open: what was typed for its user is right there.
    pub(super) async fn were_taken(&self, node: &NodeName, server: &Server) {
        let mut known = self.known.lock().await;
        let Known { login, becoming, .. } = &mut *known;
        for typed in [login, becoming].into_iter().filter_map(|all| all.get_mut(&server.user)) {
            typed.taken |= typed.all.is_some() && !typed.own.contains_key(node);
        }
    }

    async fn typed(
        &self,
        typed: &mut Typed,
        node: &NodeName,
        refused: bool,
        prompt: impl FnOnce(Option<NodeName>) -> Prompt,
    ) -> Option<Password> {
        if !refused && let Some(known) = typed.own.get(node).or(typed.all.as_ref()) {
            return Some(known.clone());
        }
        let own = refused && typed.taken;
        let password = self.person(prompt(own.then(|| node.clone()))).await?;
        if own {
            typed.own.insert(node.clone(), password.clone());
        } else {
            typed.all = Some(password.clone());
        }
        Some(password)
    }

    async fn person(&self, prompt: Prompt) -> Option<Password> {
        let ask = self.ask.clone();
        tokio::task::spawn_blocking(move || ask(&prompt)).await.ok().flatten()
    }
}

/// Whether ssh asks for the user's own password on the server itself. The words are ssh's; those of
/// a server in a keyboard-interactive login stand behind the user and host that ssh puts first.
fn is_login(text: &str, server: &Server) -> bool {
    let text = text.trim();
    let host = format!("{}@{}", server.user, server.address);
    text == format!("{host}'s password:")
        || text
            .strip_prefix(&format!("({host})"))
            .is_some_and(|rest| rest.trim().eq_ignore_ascii_case("password:"))
}

/// Counted while somebody is asked.
struct Asking<'a>(&'a AtomicUsize);

impl<'a> Asking<'a> {
    fn begin(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(address: &str) -> Server {
        Server {
            address: address.to_owned(),
            r#become: ctsup_core::topology::Become::SudoWithPassword,
            fqdn: format!("{address}.example"),
            port: 22,
            role: ctsup_core::topology::Role::Single,
            user: "deploy".to_owned(),
        }
    }

    /// Answers from a list, in order, and keeps what was asked.
    fn passwords(answers: &[&str]) -> (Passwords, Arc<std::sync::Mutex<Vec<Prompt>>>) {
        let asked = Arc::new(std::sync::Mutex::new(Vec::new()));
        let answers: Vec<_> = answers.iter().map(|text| Password::new(text)).collect();
        let seen = asked.clone();
        let ask = move |prompt: &Prompt| {
            let mut seen = seen.lock().expect("no panic");
            seen.push(prompt.clone());
            answers.get(seen.len() - 1).cloned()
        };
        (Passwords::new("/askpass".into(), Box::new(ask)), asked)
    }

    #[tokio::test]
    async fn one_is_asked_once_and_tried_everywhere() {
        let (passwords, asked) = passwords(&["all", "own"]);
        let (one, two) = ("one".parse().expect("a name"), "two".parse().expect("a name"));
        let (a, b) = (server("10.0.0.1"), server("10.0.0.2"));
        let text = |s: &Server| format!("{}@{}'s password: ", s.user, s.address);
        let got = passwords.asked_by_ssh(&one, &a, &text(&a), 1).await;
        assert_eq!(got, Some(Password::new("all")));
        passwords.were_taken(&one, &a).await;
        assert_eq!(passwords.asked_by_ssh(&two, &b, &text(&b), 1).await, got);
        // Refused there: its own, and the one for all stays what it is.
        let own = passwords.asked_by_ssh(&two, &b, &text(&b), 2).await;
        assert_eq!(own, Some(Password::new("own")));
        assert_eq!(passwords.asked_by_ssh(&two, &b, &text(&b), 1).await, own);
        assert_eq!(passwords.asked_by_ssh(&one, &a, &text(&a), 1).await, got);
        let user = || "deploy".to_owned();
        let wanted = [
            Prompt::Login { user: user(), node: None },
            Prompt::Login { user: user(), node: Some(two) },
        ];
        assert_eq!(*asked.lock().expect("no panic"), wanted);
    }

    #[tokio::test]
    async fn one_mistyped_at_first_is_forgotten() {
        let (passwords, asked) = passwords(&["tpyo", "right"]);
        let (one, a) = ("one".parse().expect("a name"), server("10.0.0.1"));
        assert!(passwords.asked_by_sudo(&one, &a, 1).await.is_some());
        assert!(passwords.asked_by_sudo(&one, &a, 2).await.is_some());
        let two = "two".parse().expect("a name");
        let right = passwords.asked_by_sudo(&two, &server("10.0.0.2"), 1).await;
        assert_eq!(right, Some(Password::new("right")));
        assert_eq!(asked.lock().expect("no panic").len(), 2);
    }

    #[tokio::test]
    async fn a_jump_host_never_gets_the_servers_password() {
        let (passwords, asked) = passwords(&["server", "jump", "phrase"]);
        let (one, a) = ("one".parse().expect("a name"), server("10.0.0.1"));
        let ask = |text: &'static str, time| passwords.asked_by_ssh(&one, &a, text, time);
        assert_eq!(ask("deploy@10.0.0.1's password: ", 1).await, Some(Password::new("server")));
        // What a host on the way puts into its own question stands behind its own name.
        let jump = ask("(deploy@jump) deploy@10.0.0.1's password: ", 1).await;
        assert_eq!(jump, Some(Password::new("jump")));
        let phrase = ask("Enter passphrase for key '/home/anna/.ssh/id': ", 1).await;
        assert_eq!(phrase, Some(Password::new("phrase")));
        assert_eq!(ask("(deploy@jump) deploy@10.0.0.1's password: ", 1).await, jump);
        assert_eq!(asked.lock().expect("no panic").len(), 3);
    }

    #[test]
    fn a_password_does_not_show_itself() {
        assert_eq!(format!("{:?}", Password::new("hunter2\n")), "Password(…)");
    }
}

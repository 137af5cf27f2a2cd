//! Real nodes: by the system's `ssh`, or this machine itself. One shell per node, kept open.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use ctsup_core::NodeName;
use ctsup_core::plan::{Server, Servers};
use ctsup_core::topology::Become;
use tokio::process::Command;
use tokio::sync::Mutex;

use super::askpass::{Desk, SOCKET};
use super::password::{Password, Passwords};
use super::script::{self, Base};
use super::shell::{Becoming, Broken, Outcome, Shell, Way, nonce};
use super::{
    Answer, Content, Failure, Job, JobAnswer, JobKey, JobView, LockAnswer, LockOrder, Look, Put,
    PutAnswer, Transport, Why,
};

/// How the nodes of an installation are reached.
#[derive(Debug, Clone)]
pub struct Reach {
    /// Where its own files lie on each node.
    pub base: Base,
    /// More arguments of ssh, such as `-F FILE`; the user's own configuration holds anyway.
    pub ssh_args: Vec<String>,
    /// Who answers when ssh or sudo asks for a password; without anybody neither asks.
    pub passwords: Option<Arc<Passwords>>,
    /// How long a connection may take.
    pub connect: Duration,
    /// Set for shells on this machine, such as `HOME`; those on servers have what they have.
    pub env: Vec<(String, String)>,
}

impl Reach {
    /// With nothing but the user's own ssh configuration.
    #[must_use]
    pub fn new(base: Base) -> Self {
        Self {
            base,
            ssh_args: Vec::new(),
            passwords: None,
            connect: Duration::from_secs(20),
            env: Vec::new(),
        }
    }
}

/// Real nodes.
#[derive(Debug)]
pub struct Real {
    nodes: BTreeMap<NodeName, At>,
    reach: Reach,
    /// Whether some server has let us in.
    met: Mutex<bool>,
}

#[derive(Debug)]
struct At {
    place: Place,
    shell: Arc<Mutex<Option<Shell>>>,
}

#[derive(Debug, Clone)]
enum Place {
    Here,
    Ssh(Server),
}

impl Real {
    /// The servers of a plan, by ssh.
    #[must_use]
    pub fn ssh(servers: &Servers, reach: Reach) -> Self {
        let of = |server: &Server| Place::Ssh(server.clone());
        let nodes = servers.nodes.iter().map(|(name, server)| (name.clone(), At::new(of(server))));
        Self { nodes: nodes.collect(), reach, met: Mutex::default() }
    }

    /// This machine under the names of all these nodes.
    #[must_use]
    pub fn here(names: impl IntoIterator<Item = NodeName>, reach: Reach) -> Self {
        let nodes = names.into_iter().map(|name| (name, At::new(Place::Here)));
        Self { nodes: nodes.collect(), reach, met: Mutex::default() }
    }

    /// The process that leads to a node's shell, where one is open.
    pub async fn process(&self, node: &NodeName) -> Option<u32> {
        let shell = self.nodes.get(node)?.shell.lock().await;
        shell.as_ref().and_then(Shell::process)
    }

    fn way(&self, node: &NodeName, place: &Place) -> Result<Way, Broken> {
        let limit = self.reach.connect;
        let server = match place {
            Place::Here => {
                let mut program = Command::new("sh");
                program.envs(self.reach.env.iter().map(|(name, value)| (name, value)));
                return Ok(Way { program, becoming: None, limit, desk: None });
            }
            Place::Ssh(server) => server,
        };
        let mut program = Command::new("ssh");
        program.env("LC_ALL", "C").args(&self.reach.ssh_args);
        let seconds = limit.as_secs().max(1);
        program.args(["-T", "-e", "none", "-o", "ServerAliveInterval=5"]);
        program.args(["-o", "ServerAliveCountMax=3", "-o", "StrictHostKeyChecking=yes"]);
        program.args(["-o".to_owned(), format!("ConnectTimeout={seconds}")]);
        let passwords = self.reach.passwords.as_ref();
        let desk = match passwords {
            Some(passwords) => {
                let desk = Desk::open(passwords, node, server)
                    .map_err(|error| Broken(format!("a socket for passwords: {error}")))?;
                program.env("SSH_ASKPASS", passwords.program()).env(SOCKET, desk.socket());
                program.env("SSH_ASKPASS_REQUIRE", "force");
                Some(desk)
            }
            None => {
                program.args(["-o", "BatchMode=yes"]);
                None
            }
        };
        // Ctrl-C at our terminal is for us alone: a connection that it ends would end what is
        // watched through it.
        program.process_group(0);
        // Left out where they say nothing, so that the user's configuration decides.
        if server.port != 22 {
            program.args(["-p".to_owned(), server.port.to_string()]);
        }
        program.args(["-l", &server.user, "--", &server.address]);
        let asks = nonce();
        let mut becoming = None;
        match server.r#become {
            Become::Sudo => program.arg("exec sudo -n sh"),
            Become::SudoWithPassword if passwords.is_some() => {
                let (passwords, node) = (passwords.cloned(), node.clone());
                becoming = passwords.map(|passwords| Becoming {
                    asks: asks.clone(),
                    passwords,
                    node,
                    server: server.clone(),
                });
                program.arg(format!("exec sudo -S -p {asks}: sh -c 'echo {asks}; exec sh'"))
            }
            // Nobody can answer: sudo says so itself, where it has to ask at all.
            Become::SudoWithPassword => program.arg("exec sudo -n sh"),
            Become::No => program.arg("exec sh"),
        };
        // One more word for ssh's own handshake.
        Ok(Way { program, becoming, limit: limit + Duration::from_secs(5), desk })
    }

    async fn open(&self, node: &NodeName, place: &Place) -> Result<Shell, Broken> {
        let passwords = self.reach.passwords.as_ref();
        let asked = || passwords.is_some_and(|passwords| passwords.are_asked());
        // Where a password may be typed, one server after the other until one has let us in: a mistyped
        // one is tried on one server, and asked for once more and not once for each.
        let met = match passwords {
            Some(_) => Some(self.met.lock().await).filter(|met| !**met),
            None => None,
        };
        let shell = Shell::open(self.way(node, place)?, asked).await?;
        if let Some(mut met) = met {
            *met = true;
        }
        if let (Some(passwords), Place::Ssh(server)) = (passwords, place) {
            passwords.were_taken(node, server).await;
        }
        Ok(shell)
    }

    async fn ask(&self, node: &NodeName, look: &Look) -> Result<Outcome, Failure> {
        let Some(at) = self.nodes.get(node) else {
            let why = Why::NotInPlan;
            let text = "the plan names no such server".to_owned();
            return Err(Failure::Unreachable { node: node.clone(), why, text });
        };
        let mut slot = at.shell.lock().await;
        // Taken out while it is spoken to: whoever is stopped in between leaves none behind.
        let mut shell = match slot.take() {
            Some(shell) => shell,
            None => self.open(node, &at.place).await.map_err(|Broken(text)| {
                Failure::Unreachable { node: node.clone(), why: why(&text), text }
            })?,
        };
        match shell.run(look).await {
            Ok(outcome) => {
                *slot = Some(shell);
                Ok(outcome)
            }
            Err(Broken(text)) => Err(Failure::Lost { node: node.clone(), text }),
        }
    }
}

impl At {
    fn new(place: Place) -> Self {
        Self { place, shell: Arc::default() }
    }
}

/// What kind of obstacle ssh names.
fn why(text: &str) -> Why {
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if says(&["IDENTIFICATION HAS CHANGED"]) {
        Why::OtherHost
    } else if says(&["Host key verification failed", "No ED25519 host key is known"]) {
        Why::UnknownHost
    } else if says(&["sudo:", "is not in the sudoers"]) {
        Why::BecomeRefused
    } else if says(&["Permission denied", "Too many authentication failures"]) {
        Why::LoginRefused
    } else if says(&["Could not resolve", "Name or service not known"]) {
        Why::NoAddress
    } else if says(&["Connection refused"]) {
        Why::Refused
    } else if says(&["timed out", "No route to host", "unreachable"]) {
        Why::Silent
    } else {
        Why::Other
    }
}

impl Transport for Real {
    async fn look(&self, node: &NodeName, look: &Look) -> Result<Answer, Failure> {
        match self.ask(node, look).await? {
            Outcome::Answer(answer) => Ok(answer),
            Outcome::TimedOut => Err(Failure::TimedOut { node: node.clone(), limit: look.limit }),
        }
    }

    async fn start(&self, node: &NodeName, job: &Job) -> Result<JobAnswer, Failure> {
        script::start(self, &self.reach.base, node, job).await
    }

    async fn read_job(&self, node: &NodeName, key: &JobKey, from: u64) -> Result<JobView, Failure> {
        script::read_job(self, &self.reach.base, node, key, from).await
    }

    async fn registry_password(&self, user: &str, url: &str, refused: bool) -> Option<Password> {
        self.reach.passwords.as_ref()?.asked_by_registry(user, url, refused).await
    }

    async fn type_in(
        &self,
        node: &NodeName,
        key: &JobKey,
        generation: u64,
        bytes: &[u8],
    ) -> Result<bool, Failure> {
        script::type_in(self, &self.reach.base, node, key, generation, bytes).await
    }

    async fn lock(&self, node: &NodeName, order: &LockOrder) -> Result<LockAnswer, Failure> {
        script::lock(self, &self.reach.base, node, order).await
    }

    async fn put(&self, node: &NodeName, put: &Put) -> Result<PutAnswer, Failure> {
        script::put(self, &self.reach.base, node, put).await
    }

    async fn get(&self, node: &NodeName, path: &str) -> Result<Option<Content>, Failure> {
        script::get(self, node, path).await
    }
}

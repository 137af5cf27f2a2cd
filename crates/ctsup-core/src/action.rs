//! What a step does: families of actions, each a file with its own small enum.
//!
//! An action is self-contained data: commands, effect, undo and the rest are derived from it, here
//! and again whenever a plan is read. One `match` (`Action::family`) reaches the one implementation.

use serde::{Deserialize, Serialize};

use crate::name::NodeName;
use crate::named::named;
use crate::state::Effect;

pub mod certificate;
pub mod database;
pub mod dpl;
pub mod look;
pub mod pcs;
pub mod person;
pub mod playbook;
pub mod registry;
pub mod settings;
pub mod site;
pub mod unit;
pub mod volume;
pub mod wait;

pub use self::certificate::Certificate;
pub use self::database::Database;
pub use self::dpl::Dpl;
pub use self::look::Look;
pub use self::pcs::Pcs;
pub use self::person::Person;
pub use self::playbook::Playbook;
pub use self::registry::Registry;
pub use self::settings::Settings;
pub use self::site::Site;
pub use self::unit::Unit;
pub use self::volume::Volume;
pub use self::wait::Wait;

/// What a step does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Action {
    /// The vendor's tool in an application's directory.
    Dpl(Dpl),
    /// Pacemaker's resources.
    Pcs(Pcs),
    /// Units of systemd.
    Unit(Unit),
    /// Data and what is saved of it.
    Volume(Volume),
    /// Edits of `settings`.
    Settings(Settings),
    /// The embedded PostgreSQL.
    Database(Database),
    /// The local image registry and its host.
    Registry(Registry),
    /// The vendor's Ansible playbooks.
    Playbook(Playbook),
    /// The certificate's files.
    Certificate(Certificate),
    /// Looking, which changes nothing.
    Look(Look),
    /// Waiting until something is so.
    Wait(Wait),
    /// Something that a person does or decides.
    Person(Person),
    /// The site's own step.
    Site(Site),
}

/// What a step is to the one who runs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Looks and changes nothing.
    Observe,
    /// Changes something.
    Change,
    /// Waits until something is so.
    Wait,
    /// Done or agreed by a person.
    Confirm,
}

/// What running a step again means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Repeat {
    /// Nothing is lost by it.
    Safe,
    /// Look first whether it is done, and whether it still runs.
    ProbeFirst,
    /// Only after a person said so.
    AskFirst,
}

/// How a step is taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Undo {
    /// There is nothing to take back.
    Nothing,
    /// By these commands, in the same place and directory.
    Commands(Vec<String>),
    /// By a person; the code says what is to be done.
    Person(Why),
    /// Not at all, or only from a backup; the code says why.
    Irreversible(Why),
}

named! {
    /// Why a step is not simply undone; each has words of its own.
    Why;
    /// Back to the old release by pins in settings and a deploy, where no barrier was crossed.
    RollBackByPins = "roll-back-by-pins";
    /// Only from the backup: the data crosses a barrier.
    OnlyFromBackup = "only-from-backup";
    /// The old owners are in the saved list.
    OwnersFromList = "owners-from-list";
    /// From the copy made just before.
    FromOwnCopy = "from-own-copy";
    /// The database's upgrade keeps the old cluster in `upgrade_backup_*`.
    OldDatabaseKept = "old-database-kept";
    /// It was the only way back.
    WayBackDeleted = "way-back-deleted";
    /// The playbook knows no way back but pins and another run.
    PlaybookAgain = "playbook-again";
    /// The site says nothing of an undo.
    SiteSaysNothing = "site-says-nothing";
    /// What a person did, a person undoes.
    PersonDid = "person-did";
    /// Moved back, but only while nothing newer runs.
    MoveBack = "move-back";
    /// Which node's containers fit the data is for a person to see.
    MoveDecided = "move-decided";
    /// Images loaded stay; they do no harm.
    ImagesStay = "images-stay";
    /// The old containers would start on newer data.
    StaysStopped = "stays-stopped";
    /// From an old release the way is forward: an upgrade.
    ForwardAgain = "forward-again";
}

/// What is shown of an action: the arguments of its message.
pub type Args = Vec<(&'static str, String)>;

/// What every family answers for its actions.
pub(crate) trait Family {
    /// Message code, also the key of its durations: `dpl-stop`.
    fn code(&self) -> &'static str;
    fn kind(&self) -> Kind;
    /// What an administrator would type, in this order, in the action's directory.
    fn commands(&self) -> Vec<String>;
    /// The same as they are sent where there is no terminal.
    fn sent(&self) -> Vec<String> {
        self.commands()
    }
    fn effect(&self) -> Effect;
    fn args(&self) -> Args;
    fn cwd(&self) -> Option<&str> {
        None
    }
    fn repeat(&self) -> Repeat {
        Repeat::Safe
    }
    fn undo(&self) -> Undo {
        Undo::Nothing
    }
    /// Whether users notice: no two such actions are ever under way together (invariant 4).
    fn interrupts(&self) -> bool {
        false
    }
}

impl Action {
    fn family(&self) -> &dyn Family {
        match self {
            Self::Dpl(x) => x,
            Self::Pcs(x) => x,
            Self::Unit(x) => x,
            Self::Volume(x) => x,
            Self::Settings(x) => x,
            Self::Database(x) => x,
            Self::Registry(x) => x,
            Self::Playbook(x) => x,
            Self::Certificate(x) => x,
            Self::Look(x) => x,
            Self::Wait(x) => x,
            Self::Person(x) => x,
            Self::Site(x) => x,
        }
    }

    /// The code of its message, which also names its durations in the catalogue.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.family().code()
    }

    /// What the step is to the one who runs it.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.family().kind()
    }

    /// What an administrator would type.
    #[must_use]
    pub fn commands(&self) -> Vec<String> {
        self.family().commands()
    }

    /// The commands as ctsup sends them, where there is no terminal (K20: compose's `exec` wants to be
    /// told). They are derived from the action as [`Action::commands`] are, and approved with it.
    #[must_use]
    pub fn sent(&self) -> Vec<String> {
        self.family().sent()
    }

    /// What it needs and does.
    #[must_use]
    pub fn effect(&self) -> Effect {
        self.family().effect()
    }

    /// What its message is filled with.
    #[must_use]
    pub fn args(&self) -> Args {
        self.family().args()
    }

    /// The directory in which it is typed.
    #[must_use]
    pub fn cwd(&self) -> Option<&str> {
        self.family().cwd()
    }

    /// What running it again means.
    #[must_use]
    pub fn repeat(&self) -> Repeat {
        self.family().repeat()
    }

    /// How it is taken back.
    #[must_use]
    pub fn undo(&self) -> Undo {
        self.family().undo()
    }

    /// Whether a person may call it done before it is: a wait whose end the guide lets a person see.
    /// A change may not have been sent yet, and the database's exact message is required
    /// (invariant 14).
    #[must_use]
    pub fn may_be_judged(&self) -> bool {
        self.kind() == Kind::Wait && !matches!(self, Self::Database(_))
    }

    /// Whether users notice.
    #[must_use]
    pub fn interrupts(&self) -> bool {
        self.family().interrupts()
    }
}

/// The resources that move together, in the order in which they are moved (invariant 6): where they
/// are, the service is.
pub const MOVED_TOGETHER: [&str; 2] = ["cluster_ip", "dockerd"];

/// Names joined for a command line or a message.
pub(crate) fn joined<T: std::fmt::Display>(items: &[T], between: &str) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(between)
}

/// The command that makes the directory in which ctsup keeps a file on a node.
pub(crate) fn made(file: &str) -> String {
    let dir = file.rsplit_once('/').map_or("/", |(dir, _)| dir);
    format!("mkdir -p -m 0700 {dir}")
}

/// The command that keeps a file beside another name before it changes. A copy of the last three
/// days stays: it was made when this change was begun, and repeating the change must not put the
/// changed file in its place, which is what an undo would bring back then. An older copy is of
/// another change: it moves on to `….~1~` and so on, and none is lost.
pub(crate) fn kept(file: &str, copy: &str) -> String {
    format!(
        "find {copy} -ctime -3 2> /dev/null | grep -q . || cp -a --backup=numbered {file} {copy}"
    )
}

/// The same as one part of a chain.
pub(crate) fn kept_first(file: &str, copy: &str) -> String {
    format!("{{ {}; }}", kept(file, copy))
}

/// Quotes a word for a POSIX shell where it needs it.
pub(crate) fn quoted(word: &str) -> String {
    let plain = !word.is_empty()
        && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"._:/@%+=,-".contains(&b));
    if plain { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

/// A node's name as the argument of a message.
pub(crate) fn node_arg(node: &NodeName) -> (&'static str, String) {
    ("node", node.to_string())
}

//! An independent second look at a finished plan.
//!
//! Procedures decide while they plan; this reads only what they wrote: steps, waits, start and
//! servers. What it says holds on every order that the waits allow, not just on the one written.

use std::fmt;

use super::{Plan, StepId};

mod clusters;
mod commands;
mod contents;
mod data;
mod database;
mod ending;
mod halves;
pub mod invariants;
mod seen;
mod shape;

use self::seen::Seen;

macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident = $text:literal $(guards $invariant:literal)?;)*) => {
        /// What a finished plan must be.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule { $($(#[$doc])* $name,)* }

        impl Rule {
            /// All rules, in the order in which they are checked and named.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The stable name.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The invariant of correct plans that it guards; none for a plan's shape.
            #[must_use]
            pub fn invariant(self) -> Option<u8> {
                match self { $(Self::$name => rules!(@number $($invariant)?),)* }
            }
        }
    };
    (@number) => { None };
    (@number $invariant:literal) => { Some($invariant) };
}

rules! {
    /// No id stands twice.
    IdsUnique = "ids-unique";
    /// What is waited for exists and stands before.
    WaitsExist = "waits-exist";
    /// Each wait has a reason.
    WaitsReasoned = "waits-reasoned";
    /// No wait is implied by others.
    WaitsReduced = "waits-reduced";
    /// Each step has a source.
    Sourced = "sourced";
    /// Claims that steps and rows left out rest on stand in the plan.
    ClaimsExist = "claims-exist";
    /// Each need is met on every order: made so before, and ended by nothing in between or beside.
    NeedsMet = "needs-met";
    /// An action speaks of its step's node, and of that node's data, settings and directory.
    PlaceAgrees = "place-agrees";
    /// A step that changes something leaves something that was not so before.
    DoesSomething = "does-something";
    /// On every order the plan ends where its goal is reached.
    GoalReached = "goal-reached";
    /// What a chapter does not cover stands behind a person's yes (A8, A12).
    Agreed = "agreed";
    /// The backup to go back to was seen, with all of its parts, before anything stops for it.
    BackupSeen = "backup-seen";
    /// A database outside CTS goes back with the rest.
    ExternalRestored = "external-restored";
    /// All that goes back is down before any data of it is put back.
    StoppedTogether = "stopped-together" guards 31;
    /// Front's CTS is stopped and deployed only after Back's logs were checked, half by half.
    BackFirst = "back-first" guards 1;
    /// A backup stands before the first change of each data set.
    BackupFirst = "backup-first" guards 2;
    /// What a deploy gives another release is stopped before it.
    StoppedFirst = "stopped-first";
    /// Whatever writes the data is stopped while it is copied.
    BackupAtRest = "backup-at-rest" guards 2;
    /// The cluster's gate has passed before each move, stop and deploy there.
    GatePassed = "gate-passed" guards 3;
    /// No two steps that interrupt service can run side by side.
    OneInterruption = "one-interruption" guards 4;
    /// Each step that interrupts service lies in an outage that the plan names.
    OutageNamed = "outage-named" guards 4;
    /// In a cluster dpl runs only where the resources are.
    ActiveHere = "active-here" guards 5;
    /// Both resources move together, and are seen there before anything follows.
    MovedTogether = "moved-together" guards 6;
    /// A move goes to the other node of the cluster, never to the active one.
    MoveAway = "move-away" guards 7;
    /// Images are on all nodes before the first stop, and on the active one before the first move.
    ImagesFirst = "images-first" guards 8;
    /// Second nodes wait for a person's check of the first ones.
    JudgedFirst = "judged-first" guards 9;
    /// The antivirus stopped here is started here, after all else.
    AntivirusLast = "antivirus-last" guards 10;
    /// Crossing a barrier is said and agreed before anything else.
    BarrierAgreed = "barrier-agreed" guards 11;
    /// `postgres_upgrade` stands in one file, for the database's upgrade only.
    UpgradeKeyAlone = "upgrade-key-alone" guards 12;
    /// `PG_VERSION` is kept before the database's host is stopped or deployed.
    VersionKept = "version-kept" guards 13;
    /// The database's upgrade: room, window, request, upgrade, request out, standard image.
    DatabaseInOrder = "database-in-order" guards 14;
    /// The special image is pinned for the upgrade only, from the one version that it knows.
    SpecialNotFinal = "special-not-final" guards 15;
    /// Each risk that the plan takes stands among those accepted by name.
    RisksAccepted = "risks-accepted" guards 16;
    /// Pins of a cluster's nodes are changed alike.
    PinsEqual = "pins-equal" guards 17;
    /// A copy of the settings stands before the first edit.
    SettingsKept = "settings-kept" guards 17;
    /// Owners and the Let's Encrypt store are changed once, after a copy.
    OnceOnly = "once-only" guards 18;
    /// The old image list is saved before containers change, and never over another.
    ListSaved = "list-saved" guards 19;
    /// `upgrade_backup_*` is deleted only by a plan of its own.
    OldDatabaseKept = "old-database-kept" guards 20;
    /// Commands that destroy have absolute, plain, non-empty arguments.
    PathsSafe = "paths-safe" guards 21;
    /// No command has a password, and no playbook is fed answers.
    NoPasswords = "no-passwords" guards 22;
    /// Each wait and each change has a limit.
    Limited = "limited" guards 24;
    /// What must not be repeated blindly says so.
    RepeatNamed = "repeat-named" guards 25;
    /// After a playbook somebody looks where it left the resources.
    LookedAfter = "looked-after" guards 25;
    /// No command reboots a server.
    NoReboot = "no-reboot" guards 26;
    /// What the plan borrows it gives back, or names.
    DebtsPaid = "debts-paid" guards 27;
    /// Front reaches Back's ports, seen while Back still runs, before Back is stopped.
    PortsFirst = "ports-first" guards 28;
    /// A certificate goes to every node that faces users, old files kept, nothing updated by it.
    CertificateAlone = "certificate-alone" guards 29;
    /// A start that is to bring nothing, or the old release, updates nothing on the way (A22, K12).
    NothingNewer = "nothing-newer" guards 32;
    /// Between the second switch and the stop behind it stands nothing but the look at the arrival.
    WindowClosed = "window-closed" guards 31;
    /// A backup goes to a directory of its own that does not exist yet.
    BackupNew = "backup-new" guards 33;
    /// At the end: gates once more, a message sent, then the antivirus.
    EndsWell = "ends-well" guards 35;
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A rule that a plan breaks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// What it is about besides the steps: a proposition, a path, a claim.
    pub about: String,
    /// The rule.
    pub rule: Rule,
    /// The steps that break it, in the plan's order; none where something is absent altogether.
    pub steps: Vec<StepId>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let steps: Vec<_> = self.steps.iter().map(StepId::as_str).collect();
        write!(f, "{}: {} [{}]", self.rule, self.about, steps.join(", "))
    }
}

/// Checks a finished plan against every rule, on every order that its waits allow.
///
/// A plan that the planner made has no findings: each one is a mistake of ours, or somebody else's
/// who wrote the plan.
#[must_use]
pub fn lint(plan: &Plan) -> Vec<Finding> {
    let seen = Seen::of(plan);
    let mut found = Findings { seen: &seen, all: Vec::new() };
    shape::check(&seen, &mut found);
    halves::check(&seen, &mut found);
    data::check(&seen, &mut found);
    clusters::check(&seen, &mut found);
    database::check(&seen, &mut found);
    commands::check(&seen, &mut found);
    contents::check(&seen, &mut found);
    ending::check(&seen, &mut found);
    let mut all = found.all;
    all.sort_by(|a, b| (a.rule, &a.steps, &a.about).cmp(&(b.rule, &b.steps, &b.about)));
    all.dedup();
    all
}

/// What was found so far.
struct Findings<'s, 'p> {
    seen: &'s Seen<'p>,
    all: Vec<Finding>,
}

impl Findings<'_, '_> {
    fn say(&mut self, rule: Rule, steps: &[usize], about: impl fmt::Display) {
        let steps = steps.iter().map(|place| self.seen.step(*place).id.clone()).collect();
        self.all.push(Finding { about: about.to_string(), rule, steps });
    }

    /// Says it unless the condition is true.
    fn check(&mut self, good: bool, rule: Rule, steps: &[usize], about: impl fmt::Display) {
        if !good {
            self.say(rule, steps, about);
        }
    }
}

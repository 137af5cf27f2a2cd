//! The invariants of correct plans, 1 to 35: where each is kept, and the test that proves it bites.
//!
//! A plan can show some of them on its shape alone; others live in a state, in what the planner
//! refuses, or in a run. This table is the one place that says which.

use super::Rule;
use crate::diagnostic::Code;

/// Where an invariant is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeper {
    /// A rule of the finished plan.
    Lint(Rule),
    /// What each action needs of the state before it: the rule [`Rule::NeedsMet`] on every order.
    State,
    /// A refusal of the planner.
    Refusal(Code),
    /// How the planner works.
    Planner,
    /// The reader of a plan: what is derived is derived again.
    Reader,
    /// The run: what no plan can show.
    Executor,
}

/// One invariant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invariant {
    /// Its number.
    pub number: u8,
    /// Where it is kept.
    pub kept: &'static [Keeper],
    /// The tests that fail when it is broken: the names of functions.
    pub bites: &'static [&'static str],
}

/// Mutants of plans, each rejected by a rule.
const MUTANTS: &str = "every_mutant_is_killed_or_excused";
/// Topologies that the planner refuses.
const REFUSALS: &str = "refusals_that_keep_invariants_bite";
/// Any plan from any state.
const STATES: &str = "any_cut_leads_to_the_goal";
/// Plans typed in at simulated hosts, which notice what must not happen to them.
const HOSTS: &str = "every_example_ends_as_its_plan_promises";
/// Runs that die in the middle of every command.
const KILLED: &str = "killed_in_the_middle_of_every_command_it_ends_the_same";
/// What a run does beside what.
const BESIDE: &str = "beside_each_other_run_only_steps_that_may";
/// A run that is given up.
const ABORT: &str =
    "giving_up_pays_settings_and_the_antivirus_last_and_leaves_services_to_a_person";

macro_rules! invariants {
    ($($number:literal: [$($keeper:expr),*] by [$($test:expr),*];)*) => {
        /// All of them.
        pub const INVARIANTS: &[Invariant] = &[$(Invariant {
            number: $number,
            kept: &[$($keeper),*],
            bites: &[$($test),*],
        },)*];
    };
}

use Keeper::{Executor, Lint, Planner, Reader, Refusal, State};
use Rule as R;

invariants! {
    1: [Lint(R::BackFirst)] by [MUTANTS];
    2: [State, Lint(R::BackupFirst), Lint(R::BackupAtRest), Refusal(Code::NoBackup)] by [MUTANTS, REFUSALS];
    3: [State, Lint(R::GatePassed)] by [MUTANTS];
    4: [Lint(R::OneInterruption), Lint(R::OutageNamed), Executor] by [MUTANTS, BESIDE];
    5: [State, Lint(R::ActiveHere), Executor] by [MUTANTS, HOSTS];
    6: [Lint(R::MovedTogether)] by [MUTANTS];
    7: [State, Lint(R::MoveAway), Executor] by [MUTANTS, HOSTS];
    8: [Lint(R::ImagesFirst)] by [MUTANTS];
    9: [Lint(R::JudgedFirst)] by [MUTANTS];
    10: [Lint(R::AntivirusLast), Lint(R::DebtsPaid), Executor] by [MUTANTS, ABORT];
    11: [Lint(R::BarrierAgreed), Refusal(Code::BarrierCrossed)] by [MUTANTS, REFUSALS];
    12: [State, Lint(R::UpgradeKeyAlone), Lint(R::DebtsPaid), Refusal(Code::AutoUpgradeFound)] by [MUTANTS, REFUSALS];
    13: [State, Lint(R::VersionKept)] by [MUTANTS];
    14: [State, Lint(R::DatabaseInOrder), Refusal(Code::NoSpace)] by [MUTANTS, REFUSALS];
    15: [Lint(R::SpecialNotFinal), Lint(R::DebtsPaid), Refusal(Code::PostgresWithoutApt)] by [MUTANTS, REFUSALS];
    16: [Refusal(Code::PostgresTooOld), Lint(R::RisksAccepted)] by [REFUSALS, MUTANTS];
    17: [Lint(R::PinsEqual), Lint(R::SettingsKept), Refusal(Code::TwoSettings), Executor] by [MUTANTS, REFUSALS, HOSTS];
    18: [State, Lint(R::OnceOnly), Executor] by [MUTANTS, KILLED];
    19: [State, Lint(R::ListSaved)] by [MUTANTS];
    20: [Lint(R::OldDatabaseKept)] by [MUTANTS];
    21: [Lint(R::PathsSafe), Reader] by [MUTANTS, "derived_fields_are_compared"];
    22: [Lint(R::NoPasswords), Executor] by [MUTANTS];
    23: [Planner, Refusal(Code::Downgrade)] by [STATES, REFUSALS];
    24: [Lint(R::Limited), Executor] by [MUTANTS, "a_server_that_is_stopped_is_given_up_in_time"];
    25: [Lint(R::RepeatNamed), Lint(R::LookedAfter), Executor] by [MUTANTS, "what_vanished_is_decided_by_what_repeating_means"];
    26: [Lint(R::NoReboot), Refusal(Code::OwnStepReserved), Executor] by [MUTANTS, "a_boot_stops_the_run_for_good"];
    27: [State, Lint(R::DebtsPaid), Executor] by [MUTANTS, "a_failure_stops_the_run_and_names_what_is_owed"];
    28: [Lint(R::PortsFirst)] by [MUTANTS];
    29: [Lint(R::CertificateAlone), Lint(R::NothingNewer)] by [MUTANTS];
    30: [Planner] by ["same_bytes_and_any_key_order"];
    31: [Lint(R::WindowClosed), Lint(R::StoppedTogether), Refusal(Code::WindowNotAccepted), Refusal(Code::OwnStepInWindow), Executor] by [MUTANTS, REFUSALS, "a_stop_waits_for_the_end_of_a_window"];
    32: [Lint(R::NothingNewer), Executor] by [MUTANTS, ABORT];
    33: [Lint(R::BackupNew)] by [MUTANTS];
    34: [Executor] by [BESIDE, KILLED];
    35: [Lint(R::EndsWell), Lint(R::AntivirusLast)] by [MUTANTS];
}

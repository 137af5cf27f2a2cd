//! How a run's command ends: the report for people and programs, the exit code.

use ctsup_core::Run;
use ctsup_core::run::StopReason;
use ctsup_executor::Folder;
use ctsup_render::run::{Broken, Head, Kept, Teller, Why};

use super::drive::Told;
use super::view::{Clock, View};
use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;

/// Writes the run's reports into its folder, and says how it stands.
pub(crate) fn finish(
    run: &Run,
    kept: &Kept,
    folder: Option<&Folder>,
    told: &Told,
    view: &View,
    clock: Clock,
    console: &Console,
) -> Result<Exit, Failure> {
    view.rest();
    let teller = Teller::new(run.plan(), console.words);
    let (from, to) = run.span();
    let report = report(run, kept, &told.why, from, to);
    let written = folder.map_or(Ok(()), |folder| {
        let head = Head { kept, date: &|at| clock.date(at) };
        let text = teller.report(run, &head, &told.why);
        folder
            .write("report.md", &text)
            .and_then(|()| folder.write("report.json", &format!("{report:#}\n")))
            .map_err(|error| Failure::run(folder, error))
    });
    if view.is_json() {
        console.result(&format!("{}\n", serde_json::json!({ "stop": report })))?;
    } else {
        console.result(&format!("\n{}", teller.stopped(run, kept, &told.why)))?;
    }
    match (written, &told.why) {
        // The disk that takes no journal takes no report; that it stopped says more.
        (Err(_), Why::Broken(_)) | (Ok(()), _) => Ok(exit(run, told)),
        (Err(failure), _) => Err(failure),
    }
}

fn report(run: &Run, kept: &Kept, why: &Why, from: u64, to: u64) -> serde_json::Value {
    serde_json::json!({
        "began_at": from,
        "digest": run.plan().digest,
        "ended_at": to,
        "left": run.stop_report(),
        "rehearsal": kept.rehearsed,
        "run": kept.run,
        "site": run.plan().site,
        "step": why.step(),
        "steps": run.step_reports(),
        "why": why.code(),
    })
}

/// The exit code: a contract with scripts.
pub(crate) fn exit(run: &Run, told: &Told) -> Exit {
    let changed = run.has_changed();
    match (&told.why, told.signal) {
        (Why::Done, _) => Exit::Done,
        (Why::Person(..) | Why::Prompt(_), _) => Exit::Person,
        (Why::Stopped(StopReason::Asked { .. }), Some(2)) => Exit::Interrupted,
        (Why::Stopped(StopReason::Asked { .. }), Some(15)) => Exit::Terminated,
        (Why::Killed, _) => Exit::Stopped,
        (Why::Broken(Broken::TakenOver(_)), _) => Exit::Locked,
        (Why::Stopped(_) | Why::Looked | Why::AtWork | Why::Broken(_), _) if changed => {
            Exit::Stopped
        }
        (Why::Stopped(_) | Why::Looked | Why::AtWork | Why::Broken(_), _) => Exit::Faulty,
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Arc;

    use ctsup_core::run::{Header, Limits};
    use ctsup_core::{Plan, Run};
    use ctsup_executor::driver::DriveError;
    use ctsup_executor::{Driver, Journal, Manner, Store, driver, lock};
    use ctsup_render::Words;
    use ctsup_render::run::{Broken, Kept, Teller, Why};
    use ctsup_simulator::fault::Kind;
    use ctsup_simulator::{Ended, Rehearsal, Simulation, Way, World};
    use tokio::sync::mpsc;

    use super::exit;
    use crate::exit::Exit;
    use crate::running::{Clock, Person, Seat, Told, View, drive};

    /// A disk that is full after so many lines.
    struct Full(usize);

    impl Store for Full {
        fn append(&mut self, _: &str) -> io::Result<()> {
            self.0 = self.0.checked_sub(1).ok_or(io::ErrorKind::StorageFull)?;
            Ok(())
        }

        fn keep(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn kept() -> Kept {
        Kept { run: "r1".to_owned(), rehearsed: false, dir: None }
    }

    fn plan() -> Arc<Plan> {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/plans/single.json");
        let text = std::fs::read_to_string(file).expect("a kept plan");
        Arc::new(Plan::read(&text).expect("a plan"))
    }

    async fn begun(lines: usize) -> Driver<Way, Way, Full> {
        let plan = plan();
        let way = Way::new(Simulation::new(World::of(&plan, 1)));
        let nodes: Vec<_> = plan.topology.nodes.keys().cloned().collect();
        let held = lock::take(&way, &nodes, "r1", "anna", false, 0).await.expect("a lock");
        let header = Header::of(&plan, "r1");
        let journal = Journal::begin(Full(lines), header).expect("room for a line");
        let parts = (way.clone(), way, journal, Manner::default());
        driver::begin(parts, plan, "anna", held.generation).expect("room for three")
    }

    async fn ended(driver: &mut Driver<Way, Way, Full>) -> Told {
        let words = Words::of(ctsup_render::Lang::En);
        let view = View::silent(&driver.run, words, Clock::local());
        let mut yes = |_: &Run, _: &_, _, _| Some(ctsup_core::run::Answer::Done);
        let person = Person::Nobody;
        let mut seat = Seat { person: &person, by: "anna", view: &view, words, obliging: &mut yes };
        let (_none, mut orders) = mpsc::channel(1);
        let why = drive(driver, &Limits::default(), &mut orders, &mut seat).await;
        Told { why, signal: None }
    }

    #[tokio::test]
    async fn a_journal_that_cannot_be_written_stops_truthfully() {
        let mut codes = std::collections::BTreeSet::new();
        for lines in [4, 20] {
            let mut driver = begun(lines).await;
            let told = ended(&mut driver).await;
            assert!(matches!(told.why, Why::Broken(Broken::Journal(_))), "{:?}", told.why);
            let wanted = if driver.run.has_changed() { Exit::Stopped } else { Exit::Faulty };
            assert_eq!(exit(&driver.run, &told), wanted);
            codes.insert(format!("{wanted:?}"));
            for lang in ctsup_render::Lang::ALL {
                let teller = Teller::new(driver.run.plan(), Words::of(lang));
                let text = teller.stopped(&driver.run, &kept(), &told.why);
                assert!(text.contains("ctsup resume r1"), "{text}");
            }
        }
        assert_eq!(codes.len(), 2, "before any change and after one: {codes:?}");
    }

    #[test]
    fn whoever_was_taken_over_is_told_so() {
        let run = Run::new(plan());
        let why = Why::Broken(crate::running::broken(&DriveError::TakenOver(None)));
        assert_eq!(exit(&run, &Told { why: why.clone(), signal: None }), Exit::Locked);
        let text = Teller::new(run.plan(), Words::of(ctsup_render::Lang::En));
        let text = text.stopped(&run, &kept(), &why);
        assert!(text.contains("taken the installation over"), "{text}");
        assert!(!text.contains("ctsup resume"), "they go on with it: {text}");
    }

    /// A step that failed is told with what a person does: the way on that the tests of the simulator
    /// take, in both languages.
    #[test]
    fn what_failed_is_told_with_the_way_out() {
        let outcome = ctsup_core::plan(&ctsup_core::Request {
            topology: include_str!("../../../../examples/ha.toml"),
            facts: None,
            image_lists: &std::collections::BTreeMap::new(),
            catalogue: ctsup_core::Catalogue::built_in(),
            goal: ctsup_core::Goal::Upgrade,
        });
        let plan = outcome.planned().expect("a plan").plan.clone();
        let hosts = Simulation::new(World::of(&plan, 1));
        hosts.with(|w| w.faults.add_to_step("registry/images/load", Kind::Fail(1)));
        let rehearsal = Rehearsal::new(plan, hosts);
        let Ended::Stopped(reason) = rehearsal.run() else { panic!("nothing loads") };
        let run = rehearsal.told().expect("a journal");
        for lang in ctsup_render::Lang::ALL {
            let why = Why::Stopped(reason.clone());
            let text = Teller::new(run.plan(), Words::of(lang)).stopped(&run, &kept(), &why);
            assert!(text.contains("/tmp/images"), "what to empty is named: {text}");
        }
    }
}

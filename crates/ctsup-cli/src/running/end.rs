//! How a run's command ends: the report for people and programs, the exit code.

use ctsup_core::Run;
use ctsup_core::run::StopReason;
use ctsup_executor::Folder;
use ctsup_render::run::{Head, Teller, Why};

use super::drive::Told;
use super::view::{Clock, View};
use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;

/// Writes the run's reports into its folder, and says how it stands.
pub(crate) fn finish(
    run: &Run,
    name: &str,
    folder: Option<&Folder>,
    told: &Told,
    view: &View,
    clock: Clock,
    console: &Console,
) -> Result<Exit, Failure> {
    view.rest();
    let teller = Teller::new(run.plan(), console.words);
    let moments = || run.steps().flat_map(|(_, s)| s.began_at.into_iter().chain(s.ended_at));
    let (from, to) = (moments().min().unwrap_or(0), moments().max().unwrap_or(0));
    let report = report(run, name, &told.why, from, to);
    if let Some(folder) = folder {
        let (began, ended) = (clock.date(from), clock.date(to));
        let head = Head { run: name, from: &began, to: &ended, took_ms: to.saturating_sub(from) };
        let text = teller.report(run, &head, &told.why);
        let kept = folder
            .write("report.md", &text)
            .and_then(|()| folder.write("report.json", &format!("{report:#}\n")));
        kept.map_err(|error| Failure::run(folder, error))?;
    }
    if view.is_json() {
        console.result(&format!("{}\n", serde_json::json!({ "stop": report })))?;
    } else {
        console.result(&format!("\n{}", teller.stopped(run, name, &told.why)))?;
    }
    Ok(exit(run, told))
}

fn report(run: &Run, name: &str, why: &Why, from: u64, to: u64) -> serde_json::Value {
    serde_json::json!({
        "began_at": from,
        "digest": run.plan().digest,
        "ended_at": to,
        "left": run.stop_report(),
        "run": name,
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
        (Why::Person(..), _) => Exit::Person,
        (Why::Stopped(StopReason::Asked { .. }), Some(2)) => Exit::Interrupted,
        (Why::Stopped(StopReason::Asked { .. }), Some(15)) => Exit::Terminated,
        (Why::Killed, _) => Exit::Stopped,
        (Why::Stopped(_) | Why::Looked, _) if changed => Exit::Stopped,
        (Why::Stopped(_) | Why::Looked, _) => Exit::Faulty,
    }
}

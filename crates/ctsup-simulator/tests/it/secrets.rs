//! Secrets that lie in settings and variables are nowhere outside of them.

use ctsup_core::run::JournalText;
use ctsup_simulator::fault::{Fault, Kind};

use crate::harness::{Tally, rehearsal, wholes};

/// What the simulated settings files hold (`of/contents.rs`).
const PLANTED: [&str; 2] = ["not-for-your-eyes", "nor-this"];

#[test]
fn passwords_are_nowhere_in_plan_journal_report_or_commands() {
    let mut tally = Tally::default();
    for whole in wholes() {
        for failing in [false, true] {
            tally.tried += 1;
            tally.possible += 1;
            let run = rehearsal(&whole.plan);
            let (seen, lines) = run.way.simulation.with(|w| {
                if failing {
                    // Every change fails once, which is when texts are shown.
                    for nth in 1..=40 {
                        let command = "cp ".to_owned();
                        w.faults.add(Fault { node: None, command, nth, kind: Kind::Fail(1) });
                    }
                }
                let settings: Vec<String> = w
                    .storages
                    .values()
                    .flat_map(|s| s.entries().filter_map(|(_, e)| e.text.clone()))
                    .collect();
                (settings.iter().any(|t| t.contains(PLANTED[0])), settings.len())
            });
            assert!(seen, "{}: nothing was planted in {lines} files", whole.name);
            let _ = run.run();
            let journal = run.journal();
            JournalText::read(journal.as_bytes()).expect("a journal");
            let told = run.told().expect("a run");
            let report = format!("{:?} {:?}", told.stop_report(), told.step_reports());
            let calls = run
                .way
                .simulation
                .with(|w| w.calls.iter().map(|c| c.text.clone()).collect::<Vec<_>>().join("\n"));
            let heard = run.heard();
            for secret in PLANTED {
                for (name, text) in [
                    ("plan", &whole.plan.to_json()),
                    ("journal", &journal),
                    ("report", &report),
                    ("commands", &calls),
                    ("progress", &heard),
                ] {
                    if text.contains(secret) {
                        tally.wrong.push(format!("{}: {secret} in {name}", whole.name));
                    }
                }
            }
        }
    }
    tally.end("runs looked through for secrets");
}

//! A clock that somebody sets while the run goes on.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ctsup_core::run::{Event, Header, Limits};
use ctsup_executor::clock::Clock;
use ctsup_executor::{Driver, Ending, Journal, Manner, MemoryStore, driver, lock};
use ctsup_simulator::{Rehearsal, Simulation, Way, World};
use tokio::sync::mpsc;

use crate::harness::{Tally, wholes};

/// The hosts' time, by a clock that is set a day on each time somebody looks at it.
#[derive(Clone)]
struct Jumping(Way, Arc<AtomicU64>);

impl Clock for Jumping {
    fn now_ms(&self) -> u64 {
        let days = self.1.fetch_add(1, Ordering::SeqCst);
        self.0.now_ms() + days * 24 * 3_600_000
    }

    fn elapsed_ms(&self) -> u64 {
        self.0.elapsed_ms()
    }

    fn sleep(&self, time: Duration) -> impl Future<Output = ()> + Send {
        self.0.sleep(time)
    }
}

#[test]
fn a_clock_that_is_set_ends_no_wait() {
    let mut tally = Tally::default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let runtime = runtime.expect("a runtime");
    for whole in wholes() {
        tally.possible += 1;
        tally.tried += 1;
        let way = Way::new(Simulation::new(World::of(&whole.plan, 1)));
        let mut rehearsal = Rehearsal::new(whole.plan.clone(), way.simulation.clone());
        rehearsal.way = way.clone();
        let plan = rehearsal.plan.clone();
        let ended = runtime.block_on(async {
            let nodes: Vec<_> = plan.topology.nodes.keys().cloned().collect();
            let held = lock::take(&way, &nodes, "r1", "anna", false, 0).await.expect("a lock");
            let journal = Journal::begin(MemoryStore::default(), Header::of(&plan, "r1"));
            let clock = Jumping(way.clone(), Arc::default());
            let parts = (way.clone(), clock, journal.expect("memory"), Manner::default());
            let begun = driver::begin(parts, plan.clone(), "anna", held.generation);
            let mut driver: Driver<Way, Jumping, MemoryStore> = begun.expect("a run");
            let (_none, mut orders) = mpsc::channel(1);
            loop {
                let ended = driver.drive(&Limits::default(), &mut orders, &mut |_| {}).await;
                match ended.expect("a drive") {
                    Ending::Person(step, question) => {
                        let (by, note) = ("anna".to_owned(), String::new());
                        let answer = rehearsal.answer(&step, question);
                        let event = Event::Answered { answer, by, note, step };
                        driver.record(event, &mut |_| {}).expect("memory");
                    }
                    ended => break ended,
                }
            }
        });
        if ended != Ending::Done {
            tally.wrong.push(format!("{}: {ended:?}", whole.name));
        }
    }
    tally.end("a clock that is set");
}

//! A playbook as a job under a terminal: it waits for a person, outlives its watcher, and is answered
//! by whoever attaches.

use ctsup_core::run::{Answer, InFlight, Limits, Status, StopReason};
use ctsup_core::{Event, StepId};
use ctsup_executor::transport::{JobKey, JobState};
use ctsup_executor::{Ending, Heard, Order, Transport};
use std::time::Duration;
use tokio::sync::{Notify, mpsc};

use crate::site::{Site, files_with};

const PLAY: &str = "control/playbook/all";

fn key() -> JobKey {
    JobKey { run: "r1".to_owned(), step: StepId::from(PLAY), attempt: 1, part: 1 }
}

/// Attaches to what was launched (a job asked for before would never be), waits for each text and
/// types what stands beside it.
async fn attached(site: &Site, launched: &Notify, talk: &[(&str, &str)]) {
    launched.notified().await;
    let (way, node) = (site.way(), "control".parse().expect("a name"));
    for (waits, types) in talk {
        for _ in 0..600 {
            let view = way.read_job(&node, &key(), 0).await;
            let seen = view.map(|v| String::from_utf8_lossy(&v.output).into_owned());
            if seen.is_ok_and(|seen| seen.contains(waits)) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        // Whoever resumes beside this takes the lock anew: what is typed under the older generation is
        // refused, and typed again.
        let mut typed = Ok(false);
        for _ in 0..100 {
            typed = way.type_in(&node, &key(), generation(site), types.as_bytes()).await;
            if typed != Ok(false) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(typed, Ok(true), "{waits}");
    }
}

/// Drives to the end of the playbook, agreeing to all; dies at an event where that is wanted.
async fn driven(
    site: &Site,
    again: bool,
    launched: &Notify,
    dies: Option<&str>,
) -> (Option<Ending>, Status) {
    let mut driver = if again { site.resume().await } else { site.begin().await };
    let (give, mut orders) = mpsc::channel(16);
    let (died, mut death) = mpsc::channel(16);
    let mut heard = |heard: Heard<'_>| {
        let Heard::Record(record) = heard else { return };
        if let Event::Asked { step, .. } = &record.event {
            let (by, note) = ("anna".to_owned(), String::new());
            let order = Order::Answer { answer: Answer::Done, by, note, step: step.clone() };
            give.try_send(order).expect("room for an answer");
        }
        let here = record.event.step().is_some_and(|step| step.as_str() == PLAY);
        if here && record.event.code() == "launched" {
            launched.notify_one();
        }
        if here && dies == Some(record.event.code()) {
            died.try_send(()).expect("room");
        }
    };
    let limits = Limits { until: Some(StepId::from(PLAY)), ..Limits::default() };
    let ending = tokio::select! {
        biased;
        Some(()) = death.recv() => None,
        ending = driver.drive(&limits, &mut orders, &mut heard) => Some(ending.expect("a drive")),
    };
    let status = driver.run.step(&StepId::from(PLAY)).expect("the playbook").status.clone();
    (ending, status)
}

fn ansible() -> Site {
    Site::of(include_str!("../../../../examples/ansible-single.toml"))
}

/// The generation of the lock that lies on the control host.
fn generation(site: &Site) -> u64 {
    let lock = std::fs::read_to_string(site.path("ctsup/lock")).unwrap_or_default();
    lock.lines().next().and_then(|line| line.parse().ok()).unwrap_or_default()
}

fn plays(site: &Site) -> usize {
    site.changes().iter().filter(|call| call.starts_with("ansible-playbook")).count()
}

#[tokio::test]
async fn it_waits_for_a_person_and_outlives_its_watcher() {
    let (site, launched) = (ansible(), Notify::new());
    let (ending, status) = driven(&site, false, &launched, Some("launched")).await;
    assert_eq!((ending, status), (None, Status::InFlight(InFlight::Running)));
    // Nobody watches; the password is typed from somewhere else.
    attached(&site, &launched, &[("SSH password: ", "hunter22\r")]).await;
    launched.notify_one();
    let talk = [("8 letters", ""), ("look at the logs", "yes\r")];
    let ((ending, status), ()) =
        tokio::join!(driven(&site, true, &launched, None), attached(&site, &launched, &talk));
    assert!(matches!(status, Status::Done(_)), "{ending:?} {status:?}");
    assert_eq!(plays(&site), 1, "it was started once");
    assert_eq!(files_with(site.dir.path(), "hunter22"), Vec::<std::path::PathBuf>::new());
}

/// Where nobody is there a question does not hold the run up for ever: it stops, the playbook waits
/// on, and whoever comes answers it.
#[tokio::test]
async fn a_question_that_nobody_hears_stops_the_run_and_not_the_playbook() {
    let (site, launched) = (ansible(), Notify::new());
    let mut driver = site.begin().await;
    driver.manner.prompt_after = Some(Duration::from_millis(500));
    let (give, mut orders) = mpsc::channel(16);
    let limits = Limits { until: Some(StepId::from(PLAY)), ..Limits::default() };
    let mut heard = |heard: Heard<'_>| {
        let Heard::Record(record) = heard else { return };
        if let Event::Asked { step, .. } = &record.event {
            let (by, note) = ("anna".to_owned(), String::new());
            let order = Order::Answer { answer: Answer::Done, by, note, step: step.clone() };
            give.try_send(order).expect("room for an answer");
        }
    };
    let ending = driver.drive(&limits, &mut orders, &mut heard).await.expect("a drive");
    assert_eq!(ending, Ending::Prompt(StepId::from(PLAY)));
    drop(driver);
    launched.notify_one();
    let talk = [("SSH password: ", "hunter22\r"), ("look at the logs", "yes\r")];
    let ((ending, status), ()) =
        tokio::join!(driven(&site, true, &launched, None), attached(&site, &launched, &talk));
    assert!(matches!(status, Status::Done(_)), "{ending:?} {status:?}");
    assert_eq!(plays(&site), 1, "it was started once");
}

#[tokio::test]
async fn its_recap_counts_and_not_its_exit_code_alone() {
    for word in ["fail\r", "quit\r"] {
        let (site, launched) = (ansible(), Notify::new());
        let talk = [("SSH password: ", "hunter22\r"), ("look at the logs", word)];
        let ((ending, status), ()) =
            tokio::join!(driven(&site, false, &launched, None), attached(&site, &launched, &talk));
        let failed = Ending::Stopped(StopReason::Failed(StepId::from(PLAY)));
        assert_eq!((ending, status), (Some(failed), Status::Failed), "{word}");
        let view = site.way().read_job(&"control".parse().expect("a name"), &key(), 0).await;
        assert!(matches!(view.expect("a view").state, JobState::Finished { .. }));
    }
}

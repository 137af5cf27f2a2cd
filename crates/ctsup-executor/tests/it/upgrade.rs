//! A whole upgrade of one server on this machine, undisturbed and disturbed.

use std::fs;

use ctsup_core::run::{Answer, Limits, StopReason};
use ctsup_core::{Event, Run};
use ctsup_executor::{Clock, Driver, Ending, Heard, Order, Store, Transport};
use tokio::sync::mpsc;

use crate::site::{Site, files_with};

/// Drives on with a person who agrees to everything.
async fn agreeing<T: Transport, C: Clock, S: Store>(driver: &mut Driver<T, C, S>) -> Ending {
    let (give, mut orders) = mpsc::channel(16);
    let mut heard = |heard: Heard<'_>| {
        if let Heard::Record(record) = heard
            && let Event::Asked { step, .. } = &record.event
        {
            let (by, note) = ("anna".to_owned(), String::new());
            let order = Order::Answer { answer: Answer::Done, by, note, step: step.clone() };
            give.try_send(order).expect("room for an answer");
        }
    };
    driver.drive(&Limits::default(), &mut orders, &mut heard).await.expect("a drive")
}

/// What was seen last of steps that are not done.
fn last_words(run: &Run) -> Vec<(&str, &str, &str)> {
    let open = run.steps().filter(|(_, step)| !step.is_done() && !step.seen.is_empty());
    open.map(|(step, now)| (step.id.as_str(), now.status.code(), now.seen.as_str())).collect()
}

#[tokio::test]
async fn undisturbed() {
    let site = Site::new();
    let mut driver = site.begin().await;
    let ending = agreeing(&mut driver).await;
    assert_eq!(ending, Ending::Done, "{:#?}", last_words(&driver.run));
    assert_eq!(driver.run.state(), site.plan.end());
    insta::assert_snapshot!(site.changes().join("\n"));
    let secrets = files_with(site.dir.path(), "hunter2");
    let theirs = |path: &std::path::PathBuf| {
        path.ends_with("settings") || path.to_string_lossy().contains("/backup/")
    };
    assert!(secrets.iter().all(theirs), "{secrets:?}");
}

#[tokio::test]
async fn a_failed_deploy_stops_and_is_not_repeated_unasked() {
    let site = Site::new();
    fs::write(site.path("deploy-fails"), "").expect("a file");
    let mut driver = site.begin().await;
    let Ending::Stopped(StopReason::Failed(step)) = agreeing(&mut driver).await else {
        panic!("it did not fail: {:#?}", last_words(&driver.run));
    };
    assert!(driver.run.step(&step).expect("a step").seen.contains("no space left"));
    let report = driver.run.stop_report();
    assert!(!report.debts.is_empty() && !report.met.is_empty(), "{report:#?}");
    drop(driver);
    let before = site.changes();
    let mut driver = site.resume().await;
    // The probe can't tell, so a person is asked, and says that it is done.
    assert_eq!(agreeing(&mut driver).await, Ending::Done);
    let deploys = site.changes().iter().filter(|call| *call == "dpl -d").count();
    assert_eq!(deploys, before.iter().filter(|call| *call == "dpl -d").count());
}

#[tokio::test]
async fn the_executor_dies_after_every_record() {
    let calm = Site::new();
    let mut whole = calm.begin().await;
    assert_eq!(agreeing(&mut whole).await, Ending::Done, "{:#?}", last_words(&whole.run));
    let records = whole.journal.text().lines().count();
    let site = Site::new();
    fs::write(site.path("deploy-slow"), "").expect("a file");
    let mut driver = site.begin().await;
    let mut deaths = 0;
    let mut told = std::collections::BTreeSet::new();
    let ending = loop {
        let (give, mut orders) = mpsc::channel(16);
        let (died, mut death) = mpsc::channel(16);
        let mut heard = |heard: Heard<'_>| {
            let Heard::Record(record) = heard else { return };
            if let Event::Asked { step, .. } = &record.event {
                let (by, note) = ("anna".to_owned(), String::new());
                let order = Order::Answer { answer: Answer::Done, by, note, step: step.clone() };
                give.try_send(order).expect("room for an answer");
            }
            // At each record once: what is told anew after a death is no progress.
            let progress = told.insert((record.event.code(), record.event.step().cloned()));
            if progress {
                died.try_send(()).expect("room");
            }
        };
        let limits = Limits::default();
        tokio::select! {
            biased;
            Some(()) = death.recv() => {}
            ending = driver.drive(&limits, &mut orders, &mut heard) => break ending.expect("a drive"),
        }
        drop(driver);
        deaths += 1;
        assert!(deaths < 10 * records, "no progress");
        driver = site.resume().await;
    };
    assert_eq!(ending, Ending::Done);
    assert_eq!(driver.run.state(), site.plan.end());
    assert!(deaths > records / 2, "{deaths} deaths");
    let changes = site.changes();
    for (at, call) in changes.iter().enumerate() {
        let twice = changes[..at].contains(call);
        assert!(!twice, "{call} was sent twice: {changes:#?}");
    }
}

//! The transport to this machine.

use std::time::Duration;

use ctsup_executor::Transport;
use ctsup_executor::transport::{Failure, JobState, Why};

use crate::node::{Here, job, look, take};
use crate::shared;

#[tokio::test]
async fn looks() {
    let here = Here::new();
    shared::looks_are_told_apart(&here.way, &here.node).await;
    shared::looks_are_bounded(&here.way, &here.node).await;
}

#[tokio::test]
async fn jobs() {
    let here = Here::new();
    shared::a_job_needs_the_lock_and_runs_once(&here.way, &here.node, &here.path("ran")).await;
}

#[tokio::test]
async fn much_output() {
    let here = Here::new();
    let dir = here.dir.path().to_str().expect("UTF-8");
    shared::output_is_read_in_pieces(&here.way, &here.node, dir).await;
}

#[tokio::test]
async fn files() {
    let here = Here::new();
    let dir = here.path("root");
    shared::files_are_written_whole_and_only_over_what_was_read(&here.way, &here.node, &dir).await;
}

#[tokio::test]
async fn a_job_outlives_the_shell_that_started_it() {
    let here = Here::new();
    here.way.lock(&here.node, &take(1, None)).await.expect("an answer");
    let long = job("cts-01/long", 1, &["sleep 1; echo done"]);
    here.way.start(&here.node, &long).await.expect("an answer");
    let shell = here.way.process(&here.node).await.expect("a process");
    let kill = std::process::Command::new("kill").args(["-9", &shell.to_string()]).status();
    assert!(kill.expect("kill").success());
    let lost = here.way.look(&here.node, &look("true")).await;
    assert!(matches!(lost, Err(Failure::Lost { .. })), "{lost:?}");
    let (view, output) = shared::finished(&here.way, &here.node, &long).await;
    assert_eq!((view.state, &output[..]), (JobState::Finished { code: 0 }, &b"done\n"[..]));
}

#[tokio::test]
async fn a_killed_job_leaves_no_exit_code() {
    let here = Here::new();
    here.way.lock(&here.node, &take(1, None)).await.expect("an answer");
    let doomed = job("cts-01/doomed", 1, &["kill -9 $PPID; sleep 1"]);
    here.way.start(&here.node, &doomed).await.expect("an answer");
    tokio::time::sleep(Duration::from_millis(300)).await;
    // Its commands outlive the one that was to note their exit code.
    let view = here.way.read_job(&here.node, &doomed.key, 0).await.expect("a view");
    assert_eq!(view.state, JobState::Running);
    let (view, _) = shared::finished(&here.way, &here.node, &doomed).await;
    assert_eq!(view.state, JobState::Vanished);
}

#[tokio::test]
async fn a_node_that_no_plan_names() {
    let here = Here::new();
    let nobody = "nobody".parse().expect("a name");
    let answer = here.way.look(&nobody, &look("true")).await;
    assert!(matches!(answer, Err(Failure::Unreachable { why: Why::NotInPlan, .. })), "{answer:?}");
}

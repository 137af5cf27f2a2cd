//! The transport to this machine.

use std::time::Duration;

use ctsup_executor::Transport;
use ctsup_executor::transport::{Base, Content, Failure, JobState, Over, Put, Reach, Real, Why};

use crate::node::{Here, job, look, take};
use crate::shared;

#[tokio::test]
async fn looks() {
    let here = Here::new();
    shared::looks_are_told_apart(&here.way, &here.node).await;
    shared::looks_are_bounded(&here.way, &here.node).await;
}

#[tokio::test]
async fn looks_leave_nothing_behind() {
    let here = Here::new();
    let said = |out: &str| out.trim().parse::<u32>().expect("a number");
    let mut most = 0;
    for _ in 0..100 {
        // What lies beside the look's own script; a word that was printed is nowhere any more.
        let script =
            "cd \"${0%/*}\"; grep -ls 'hun''ter22' * | grep -vc \"${0##*/}\" >&2; ls | wc -l";
        let look = look(&format!("echo hunter22 >/dev/null; {script}"));
        let answer = here.way.look(&here.node, &look).await.expect("an answer");
        // The look before may not have been cleared away yet; whoever waits for it waits for nothing.
        assert!(said(&answer.err_text()) <= 1, "{}", answer.err_text());
        most = most.max(said(&answer.out_text()));
    }
    assert!(most < 200, "{most} names");
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

/// A disk that fails in the middle of a file: what was read of it until then is nowhere.
#[tokio::test]
async fn of_a_file_that_cannot_be_read_nothing_is_told() {
    let dir = tempfile::TempDir::new().expect("a directory");
    let at = |name: &str| dir.path().join(name).to_str().expect("UTF-8").to_owned();
    // Our own shell reads its answers with it, too.
    let torn = "#!/bin/sh\nfor file; do :; done\ncase $file in\n\
        */settings) printf 'pw: hunter22'; echo 'Input/output error' >&2; exit 1 ;;\n\
        *) PATH=${PATH#*:}; exec head \"$@\" ;;\nesac\n";
    std::fs::create_dir(at("bin")).expect("a directory");
    std::fs::write(at("bin/head"), torn).expect("a file");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(at("bin/head"), mode).expect("a mode");
    std::fs::write(at("settings"), "pw: hunter22\n").expect("a file");
    let mut reach = Reach::new(Base::at(at("ctsup")));
    let path = std::env::var("PATH").unwrap_or_default();
    reach.env = vec![("PATH".to_owned(), format!("{}:{path}", at("bin")))];
    let way = Real::here([crate::node::name()], reach);
    let failure = way.get(&crate::node::name(), &at("settings")).await.expect_err("it is torn");
    assert!(failure.seen().contains("Input/output error"), "{failure:?}");
    assert!(!format!("{failure:?}").contains("hunter"), "{failure:?}");
    let content = Content { bytes: b"pw: hunter22".to_vec() };
    let put = Put {
        path: at("settings"),
        bytes: content.bytes.clone(),
        over: Over::Content(content.bytes.clone()),
        generation: 1,
    };
    let shown = format!("{content:?} {put:?}");
    assert_eq!(shown.matches("12").count(), 3, "how long, and no more: {shown}");
    assert!(!shown.contains("104"), "{shown}");
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

/// Waits until a job has printed a text.
async fn printed(here: &Here, job: &ctsup_executor::transport::Job, text: &str) -> String {
    for _ in 0..200 {
        let view = here.way.read_job(&here.node, &job.key, 0).await.expect("a view");
        let output = String::from_utf8_lossy(&view.output).into_owned();
        if output.contains(text) {
            return output;
        }
        assert_eq!(view.state, JobState::Running, "{output}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it never prints {text}");
}

#[tokio::test]
async fn a_terminal_job_asks_and_is_answered_by_whoever_is_attached() {
    let here = Here::new();
    here.way.lock(&here.node, &take(1, None)).await.expect("an answer");
    // What Ansible looks at before it pauses: a terminal, and itself in its foreground.
    let script = "[ -t 0 ] && [ -t 1 ] && : </dev/tty && echo terminal; \
        [ $(ps -o tpgid= -p $$) = $(ps -o pgid= -p $$) ] && echo foreground; \
        stty -echo </dev/tty; printf 'SSH password: '; read -r pw </dev/tty; stty echo </dev/tty; \
        echo; echo \"${#pw} letters\"; printf 'pause: '; read -r x; echo \"went on with <$x>\"; exit 4";
    let asks = job("cts-01/play", 1, &[script]);
    let asks = ctsup_executor::transport::Job { terminal: true, ..asks };
    here.way.start(&here.node, &asks).await.expect("an answer");
    let output = printed(&here, &asks, "SSH password: ").await;
    assert!(output.contains("terminal\r\n") && output.contains("foreground\r\n"), "{output}");
    // Its connection goes; somebody else's is as good.
    let shell = here.way.process(&here.node).await.expect("a process");
    let kill = std::process::Command::new("kill").args(["-9", &shell.to_string()]).status();
    assert!(kill.expect("kill").success());
    let _ = here.way.look(&here.node, &look("true")).await;
    // Who has lost the installation types no more.
    let late = here.way.type_in(&here.node, &asks.key, 7, b"wrong\r").await;
    assert_eq!(late, Ok(false));
    let typed = here.way.type_in(&here.node, &asks.key, 1, b"hunter22\r").await;
    assert_eq!(typed, Ok(true));
    printed(&here, &asks, "8 letters").await;
    assert_eq!(here.way.type_in(&here.node, &asks.key, 1, b"yes\r").await, Ok(true));
    let (view, output) = shared::finished(&here.way, &here.node, &asks).await;
    let output = String::from_utf8_lossy(&output).into_owned();
    assert_eq!(view.state, JobState::Finished { code: 4 }, "{output}");
    assert!(output.contains("went on with <yes>"), "{output}");
    assert!(!output.contains("hunter22"), "{output}");
    assert_eq!(
        crate::site::files_with(here.dir.path(), "hunter22"),
        Vec::<std::path::PathBuf>::new()
    );
    // Nobody reads any more.
    assert_eq!(here.way.type_in(&here.node, &asks.key, 1, b"x").await, Ok(false));
}

#[tokio::test]
async fn ctrl_c_reaches_what_runs_in_the_terminal() {
    let here = Here::new();
    here.way.lock(&here.node, &take(1, None)).await.expect("an answer");
    let sleeps = job("cts-01/play", 1, &["trap 'echo caught; exit 5' INT; echo ready; sleep 60"]);
    let sleeps = ctsup_executor::transport::Job { terminal: true, ..sleeps };
    here.way.start(&here.node, &sleeps).await.expect("an answer");
    printed(&here, &sleeps, "ready").await;
    assert_eq!(here.way.type_in(&here.node, &sleeps.key, 1, b"\x03").await, Ok(true));
    let (view, output) = shared::finished(&here.way, &here.node, &sleeps).await;
    assert_eq!(view.state, JobState::Finished { code: 5 });
    assert!(String::from_utf8_lossy(&output).contains("caught"));
}

//! What every real transport must do; run on each of them.

use std::time::{Duration, Instant};

use ctsup_core::NodeName;
use ctsup_executor::Transport;
use ctsup_executor::transport::{
    Failure, Job, JobAnswer, JobState, JobView, LockOrder, Look, Over, Put, PutAnswer,
};

use sha2::{Digest, Sha256};

use crate::node::{job, look, take};

/// Waits for a job's end, collecting its output.
pub(crate) async fn finished<T: Transport>(
    way: &T,
    node: &NodeName,
    job: &Job,
) -> (JobView, Vec<u8>) {
    let mut output = Vec::new();
    for _ in 0..600 {
        let view = way.read_job(node, &job.key, output.len() as u64).await.expect("a view");
        output.extend_from_slice(&view.output);
        if view.state != JobState::Running && output.len() as u64 == view.size {
            return (view, output);
        }
        if view.output.is_empty() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    panic!("the job does not end");
}

pub(crate) async fn looks_are_told_apart<T: Transport>(way: &T, node: &NodeName) {
    let answer = way.look(node, &look("echo out; echo err >&2; exit 3")).await.expect("an answer");
    assert_eq!(
        (answer.code, answer.out_text(), answer.err_text()),
        (3, "out\n".into(), "err\n".into())
    );
    let answer = way.look(node, &look("kill -9 $$")).await.expect("an answer");
    assert_eq!(answer.code, 137);
    let bytes = way.look(node, &look(r"printf '\000\377\n\n\001'")).await.expect("an answer");
    assert_eq!(bytes.out, b"\x00\xff\n\n\x01");
    let nothing = way.look(node, &look("cat; read -r x; echo \"<$x>\"")).await.expect("an answer");
    assert_eq!(nothing.out_text(), "<>\n", "standard input was eaten");
    let here = way.look(node, &look("pwd").within(Some("/usr"))).await.expect("an answer");
    assert_eq!(here.out_text(), "/usr\n");
    let gone = way.look(node, &look("pwd").within(Some("/no/such"))).await.expect("an answer");
    assert_ne!(gone.code, 0);
    let long = format!("x='{}'; printf %s \"$x\" | wc -c", "y".repeat(300_000));
    assert_eq!(way.look(node, &look(&long)).await.expect("an answer").out_text().trim(), "300000");
    let cut = way.look(node, &look("head -c 20000000 /dev/zero")).await.expect("an answer");
    assert_eq!((cut.out.len(), cut.cut), (8 << 20, true));
}

pub(crate) async fn looks_are_bounded<T: Transport>(way: &T, node: &NodeName) {
    let began = Instant::now();
    let second = Duration::from_secs(1);
    // The last but one can't be ended on the node, as in a dead file system: it stops what would
    // end it, and the shell gives it up.
    let all = [
        look("echo one"),
        Look::new("sleep 300", second),
        look("echo two"),
        Look::new("p=$PPID; kill -STOP $p; sleep 30; kill -CONT $p", second),
        look("echo three"),
    ];
    let mut answers = Vec::new();
    for look in &all {
        answers.push(way.look(node, look).await);
    }
    let out = |at: usize| answers[at].as_ref().map(|a| a.out_text());
    assert_eq!(out(0), Ok("one\n".to_owned()));
    assert!(matches!(answers[1], Err(Failure::TimedOut { .. })), "{:?}", answers[1]);
    assert_eq!(out(2), Ok("two\n".to_owned()));
    assert!(matches!(answers[3], Err(Failure::TimedOut { .. })), "{:?}", answers[3]);
    assert_eq!(out(4), Ok("three\n".to_owned()));
    assert!(began.elapsed() < Duration::from_secs(40), "{:?}", began.elapsed());
}

pub(crate) async fn a_job_needs_the_lock_and_runs_once<T: Transport>(
    way: &T,
    node: &NodeName,
    file: &str,
) {
    let once = job("cts-01/express/deploy", 1, &[&format!("echo ran >>{file}"), "echo é; exit 7"]);
    let refused = way.start(node, &once).await.expect("an answer");
    assert_eq!(refused, JobAnswer::NotLocked { generation: 0 });
    assert!(way.lock(node, &take(1, None)).await.expect("an answer").done);
    let started = way.start(node, &once).await.expect("an answer");
    assert!(matches!(started, JobAnswer::Started { .. }), "{started:?}");
    assert_eq!(way.start(node, &once).await.expect("an answer"), JobAnswer::Before);
    let (view, output) = finished(way, node, &once).await;
    assert_eq!(view.state, JobState::Finished { code: 7 });
    assert_eq!(view.boot_then, view.boot_now);
    assert_eq!(output, "é\n".as_bytes());
    let read = way.get(node, file).await.expect("an answer").expect("a file");
    assert_eq!(read.bytes, b"ran\n");

    // Another one only after it, and none beside one that runs.
    let long = job("cts-01/express/stop", 1, &["sleep 2"]);
    way.start(node, &long).await.expect("an answer");
    let beside = job("cts-01/express/fetch", 1, &["true"]);
    let busy = way.start(node, &beside).await.expect("an answer");
    assert_eq!(busy, JobAnswer::Busy { job: "r1/cts-01+express+stop/1.1".to_owned() });
    finished(way, node, &long).await;
    // It was refused, but asking what became of it settles it for good.
    let never = way.read_job(node, &beside.key, 0).await.expect("a view");
    assert_eq!(never.state, JobState::Never);
    assert_eq!(way.start(node, &beside).await.expect("an answer"), JobAnswer::Before);
    let never = way.read_job(node, &beside.key, 0).await.expect("a view");
    assert_eq!(never.state, JobState::Never);

    // Somebody takes over: the generation before does nothing more.
    let theirs = way.lock(node, &take(2, None)).await.expect("an answer");
    assert!(!theirs.done);
    assert_eq!(theirs.by.expect("an owner").owner, "anna@laptop-1");
    assert!(way.lock(node, &take(2, Some(1))).await.expect("an answer").done);
    let late = way.start(node, &job("cts-01/late", 1, &["true"])).await.expect("an answer");
    assert_eq!(late, JobAnswer::NotLocked { generation: 2 });
    assert!(!way.lock(node, &LockOrder::Release { generation: 1 }).await.expect("an answer").done);
    assert!(way.lock(node, &LockOrder::Release { generation: 2 }).await.expect("an answer").done);
    let old = way.lock(node, &take(2, None)).await.expect("an answer");
    assert_eq!((old.done, old.highest), (false, 2));
}

pub(crate) async fn output_is_read_in_pieces<T: Transport>(
    way: &T,
    node: &NodeName,
    directory: &str,
) {
    assert!(way.lock(node, &take(1, None)).await.expect("an answer").done);
    // Bytes of all kinds, which must arrive as they are; and nothing is there for `cat` to read.
    let much = job("cts-01/much", 1, &["head -c 67108864 /dev/urandom >all; cat - all"]);
    let much = Job { cwd: Some(directory.to_owned()), ..much };
    way.start(node, &much).await.expect("an answer");
    let (view, output) = finished(way, node, &much).await;
    assert_eq!((view.state, output.len()), (JobState::Finished { code: 0 }, 64 << 20));
    let sum: String = Sha256::digest(&output).iter().map(|byte| format!("{byte:02x}")).collect();
    let there = way.look(node, &look("sha256sum <all").within(Some(directory))).await;
    assert_eq!(there.expect("an answer").out_text(), format!("{sum}  -\n"));
}

pub(crate) async fn files_are_written_whole_and_only_over_what_was_read<T: Transport>(
    way: &T,
    node: &NodeName,
    dir: &str,
) {
    way.lock(node, &take(1, None)).await.expect("an answer");
    let path = format!("{dir}/opt/settings");
    let put =
        |bytes: &[u8], over| Put { path: path.clone(), bytes: bytes.to_vec(), over, generation: 1 };
    assert_eq!(way.get(node, &path).await.expect("an answer"), None);
    let first = way.put(node, &put(b"a: 1\n", Over::Anything)).await;
    assert_eq!(first, Ok(PutAnswer::Written));
    way.look(node, &look(&format!("chmod 0640 {path}"))).await.expect("an answer");
    let stale = way.put(node, &put(b"a: 3\n", Over::Content(b"a: 2\n".to_vec()))).await;
    assert_eq!(stale, Ok(PutAnswer::Changed));
    let over = way.put(node, &put(b"a: 2\0\n", Over::Content(b"a: 1\n".to_vec()))).await;
    assert_eq!(over, Ok(PutAnswer::Written));
    let read = way.get(node, &path).await.expect("an answer").expect("a file");
    assert_eq!(read.bytes, b"a: 2\0\n");
    let mode = way.look(node, &look(&format!("stat -c %a {path}"))).await.expect("an answer");
    assert_eq!(mode.out_text(), "640\n");
    // Longer than what is read at once: a journal of many nights.
    let long: Vec<u8> = (0..5 << 20).map(|n: u32| (n % 251) as u8).collect();
    assert_eq!(way.put(node, &put(&long, Over::Anything)).await, Ok(PutAnswer::Written));
    let read = way.get(node, &path).await.expect("an answer").expect("a file");
    assert!(read.bytes == long, "{} of {} bytes", read.bytes.len(), long.len());
    let mut foreign = put(b"x", Over::Anything);
    foreign.generation = 9;
    assert_eq!(way.put(node, &foreign).await, Ok(PutAnswer::NotLocked { generation: 1 }));
}

//! What the executor adds to ssh, beside ssh itself: a look, and a change job that is detached,
//! journalled and fsynced, against one `ssh` per command through a master connection, for 1, 4 and
//! 50 nodes. A real sshd on loopback, with the key exchange that both sides prefer; connections are
//! open before the clock starts. The cases of a round run in turn; ratios are medians of rounds.
//!
//!     cargo bench --profile release --package ctsup-executor

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ctsup_core::plan::{Server, Servers};
use ctsup_core::run::{Event, Header, How, JOURNAL_FORMAT};
use ctsup_core::topology::Become;
use ctsup_core::{NodeName, StepId};
use ctsup_executor::transport::{
    Base, Job, JobAnswer, JobKey, JobState, LockOrder, LockedBy, Look, Reach, Real,
};
use ctsup_executor::{FileStore, Journal, Transport};
use tempfile::TempDir;

use self::sshd::Sshd;

#[path = "../tests/it/sshd.rs"]
mod sshd;

const ROUNDS: usize = 3;

/// The server, with room for many connections, and how its clients reach it.
struct Bench {
    sshd: Sshd,
    /// Empty: what a user's own profile costs is nobody's merit.
    _home: TempDir,
}

impl Bench {
    fn start() -> Option<Self> {
        let home = TempDir::new().expect("a directory");
        let more =
            format!("MaxStartups 200\nMaxSessions 50\nSetEnv HOME={}\n", home.path().display());
        let sshd = Sshd::start(&more)?;
        let (port, root) = (sshd.port, sshd.dir.path().display());
        let client = format!(
            "Port {port}\nIdentityFile {root}/user\nIdentitiesOnly yes\n\
             UserKnownHostsFile {root}/known\nGlobalKnownHostsFile /dev/null\n"
        );
        fs::write(sshd.at("client"), client).expect("a file");
        Some(Self { sshd, _home: home })
    }

    fn client(&self) -> PathBuf {
        self.sshd.at("client")
    }

    fn nodes(&self, count: usize) -> Vec<NodeName> {
        (0..count).map(|n| format!("node-{n}").parse().expect("a name")).collect()
    }

    fn reached(&self, count: usize, reach: Reach) -> Real {
        let user = Command::new("id").arg("-un").output().expect("id");
        let server = Server {
            address: "127.0.0.1".to_owned(),
            r#become: Become::No,
            fqdn: "node.example".to_owned(),
            port: self.sshd.port,
            role: ctsup_core::topology::Role::Single,
            user: String::from_utf8_lossy(&user.stdout).trim().to_owned(),
        };
        let nodes = self.nodes(count).into_iter().map(|name| (name, server.clone())).collect();
        Real::ssh(&Servers { clusters: Default::default(), nodes, stacks: Vec::new() }, reach)
    }
}

/// Processor time of this process and of children that it has waited for, in ms.
fn cpu() -> u64 {
    let stat = fs::read_to_string("/proc/self/stat").expect("own times");
    let rest = stat.rsplit(") ").next().unwrap_or_default().to_owned();
    let ticks: u64 = rest.split(' ').skip(11).take(4).filter_map(|n| n.parse::<u64>().ok()).sum();
    ticks * 10
}

/// What a round came to: wall and processor time of one command of one node, in µs.
#[derive(Clone, Copy)]
struct Took {
    wall: f64,
    cpu: f64,
}

fn timed(commands: usize, work: impl FnOnce()) -> Took {
    let (began, before) = (Instant::now(), cpu());
    work();
    let per = |value: f64| value / commands as f64;
    Took { wall: per(began.elapsed().as_secs_f64() * 1e6), cpu: per((cpu() - before) as f64 * 1e3) }
}

/// Each node in a task of its own, its commands one after the other.
fn beside<F: Future<Output = ()> + Send + 'static>(
    runtime: &tokio::runtime::Runtime,
    nodes: &[NodeName],
    one: impl Fn(NodeName) -> F,
) {
    runtime.block_on(async {
        let mut all = tokio::task::JoinSet::new();
        for node in nodes {
            all.spawn(one(node.clone()));
        }
        while let Some(ended) = all.join_next().await {
            ended.expect("no panic");
        }
    });
}

async fn change(way: Arc<Real>, dir: PathBuf, node: NodeName, round: usize, count: usize) {
    let header = Header {
        digest: "sha256:0".to_owned(),
        format: JOURNAL_FORMAT,
        run: "bench".to_owned(),
        site: "bench".to_owned(),
    };
    let path = dir.join(format!("{node}.{round}.jsonl"));
    let store = FileStore::create(&path).expect("a journal");
    let mut journal = Journal::begin(store, header).expect("a journal");
    for number in 0..count {
        let step = StepId::from(format!("{node}/step-{round}-{number}").as_str());
        let mut tell = |event| journal.append(0, event).map(drop).expect("written");
        let (attempt, part) = (1, 1);
        tell(Event::Begun { attempt, step: step.clone() });
        let commands = vec!["true".to_owned()];
        tell(Event::Started { attempt, commands: commands.clone(), part, step: step.clone() });
        let key = JobKey { run: format!("bench-{node}"), step: step.clone(), attempt, part };
        let job = Job { key, commands, cwd: None, generation: 1, terminal: false };
        let answer = way.start(&node, &job).await.expect("an answer");
        let JobAnswer::Started { boot, mut seen } = answer else { panic!("{answer:?}") };
        tell(Event::Launched { attempt, boot, part, step: step.clone() });
        let mut pause = ctsup_executor::FIRST_LOOK;
        let view = loop {
            let view = match seen.take() {
                Some(view) => view,
                None => way.read_job(&node, &job.key, 0).await.expect("a view"),
            };
            if view.state != JobState::Running {
                break view;
            }
            tokio::time::sleep(pause).await;
            pause = pause * 3 / 2;
        };
        assert_eq!(view.state, JobState::Finished { code: 0 });
        tell(Event::Ended { attempt, code: 0, part, size: view.size, step: step.clone() });
        tell(Event::Done { how: How::Ran, step });
    }
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

fn main() {
    let Some(sshd) = Bench::start() else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    println!("nodes | commands each | case | wall µs | of master | cpu µs | of master");
    for (count, each) in [(1, 12), (4, 6), (50, 2)] {
        let nodes = sshd.nodes(count);
        // Every node has a directory of its own: one machine stands for all of them.
        let ways: std::collections::BTreeMap<NodeName, Arc<Real>> = nodes
            .iter()
            .map(|node| {
                let mut reach = Reach::new(Base::at(
                    sshd.sshd.dir.path().join(node.as_str()).display().to_string(),
                ));
                reach.ssh_args = vec!["-F".to_owned(), sshd.client().display().to_string()];
                reach.connect = Duration::from_secs(100);
                (node.clone(), Arc::new(sshd.reached(count, reach)))
            })
            .collect();
        let masters: Vec<Child> = nodes
            .iter()
            .map(|node| {
                Command::new("ssh")
                    .arg("-F")
                    .arg(sshd.client())
                    .args(["-M", "-N", "-S"])
                    .arg(sshd.sshd.dir.path().join(format!("m-{count}-{node}")))
                    .arg("127.0.0.1")
                    .stdin(Stdio::null())
                    .spawn()
                    .expect("ssh")
            })
            .collect();
        for node in &nodes {
            while !sshd.sshd.dir.path().join(format!("m-{count}-{node}")).exists() {
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        beside(&runtime, &nodes, |node| {
            let way = ways[&node].clone();
            async move {
                let by =
                    LockedBy { generation: 1, run: "bench".to_owned(), owner: "bench".to_owned() };
                let taken = way.lock(&node, &LockOrder::Take { by, over: None }).await;
                assert!(taken.expect("an answer").done);
            }
        });
        let (mut master, mut looks, mut changes) = (Vec::new(), Vec::new(), Vec::new());
        for round in 0..=ROUNDS {
            let ssh = timed(count * each, || {
                beside(&runtime, &nodes, |node| {
                    let (config, socket) =
                        (sshd.client(), sshd.sshd.dir.path().join(format!("m-{count}-{node}")));
                    async move {
                        for _ in 0..each {
                            let mut ssh = tokio::process::Command::new("ssh");
                            ssh.arg("-F").arg(&config).arg("-S").arg(&socket);
                            let status = ssh.args(["127.0.0.1", "true"]).status().await;
                            assert!(status.expect("ssh").success());
                        }
                    }
                });
            });
            let look = timed(count * each, || {
                beside(&runtime, &nodes, |node| {
                    let way = ways[&node].clone();
                    async move {
                        for _ in 0..each {
                            let look = Look::new("true", Duration::from_secs(60));
                            let answer = way.look(&node, &look).await.expect("an answer");
                            assert_eq!(answer.code, 0);
                        }
                    }
                });
            });
            let changed = timed(count * each, || {
                let dir = sshd.sshd.dir.path().to_owned();
                beside(&runtime, &nodes, |node| {
                    change(ways[&node].clone(), dir.clone(), node, round + 100 * count, each)
                });
            });
            // The first round warms up.
            if round > 0 {
                master.push(ssh);
                looks.push(look);
                changes.push(changed);
            }
        }
        for (name, case) in [("master ssh", &master), ("look", &looks), ("change", &changes)] {
            let of = |pick: fn(&Took) -> f64| {
                let ratios = case.iter().zip(&master).map(|(a, b)| pick(a) / pick(b).max(1.0));
                (median(case.iter().map(pick).collect()), median(ratios.collect()))
            };
            let ((wall, walls), (cpu, cpus)) = (of(|t| t.wall), of(|t| t.cpu));
            println!("{count} | {each} | {name} | {wall:.0} | {walls:.2} | {cpu:.0} | {cpus:.2}");
        }
        let memory = fs::read_to_string("/proc/self/status").expect("own memory");
        let peak = memory.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
        println!(
            "{count} nodes: own memory, highest so far: {}",
            peak.replace("VmHWM:", "").trim()
        );
        for mut one in masters {
            // It may be gone already.
            let _ = one.kill();
            let _ = one.wait();
        }
    }
}

//! Each program in a process of its own: peak memory, and the wall from start to end.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use ctsup_core::{Catalogue, Outcome, Request, topology};

use crate::{GOAL, bare, sites, turns};

/// Starts a process so many times, in turn with the others.
const TURNS: usize = 15;

/// What the processes showed.
#[derive(Debug)]
pub(crate) struct Measured {
    /// A process that does nothing.
    pub(crate) nothing: Duration,
    /// One that plans one site.
    pub(crate) once: Duration,
    /// Sites, and the peak KiB of planning them and of the bare program.
    pub(crate) memory: Vec<(usize, u64, u64)>,
}

impl Measured {
    pub(crate) fn of(sites: &[usize]) -> Self {
        let mut nothing = Vec::new();
        let mut once = Vec::new();
        for _ in 0..TURNS {
            nothing.push(wall("nothing"));
            once.push(wall("once"));
        }
        let memory = sites.iter().map(|n| (*n, peak("plan", *n), peak("bare", *n))).collect();
        Self { nothing: middle(nothing), once: middle(once), memory }
    }
}

fn middle(mut all: Vec<Duration>) -> Duration {
    all.sort_unstable();
    all[all.len() / 2]
}

fn command(which: &str, sites: usize) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program has a path"));
    command.args(["--alone", which, &sites.to_string()]).stdin(Stdio::null());
    command
}

fn wall(which: &str) -> Duration {
    let start = Instant::now();
    let status = command(which, 1).stdout(Stdio::null()).status();
    assert!(status.is_ok_and(|status| status.success()), "{which} ends well");
    start.elapsed()
}

fn peak(which: &str, sites: usize) -> u64 {
    let output = command(which, sites).output().expect("this program starts again");
    let text = String::from_utf8(output.stdout).expect("a number is text");
    text.trim().parse().expect("a number of KiB")
}

/// What a process of its own does: prints its peak memory, or the plan of one site.
pub(crate) fn child(which: &str, sites: usize) {
    match which {
        "nothing" => {}
        "once" => {
            let text = &sites::texts(1)[0];
            let outcome = ctsup_core::plan(&Request {
                topology: text,
                facts: None,
                image_lists: &std::collections::BTreeMap::new(),
                catalogue: Catalogue::built_in(),
                goal: GOAL,
            });
            let Outcome::Ready(planned) = outcome else { panic!("the example has a plan") };
            let json = planned.plan.to_json();
            std::io::stdout().write_all(json.as_bytes()).expect("stdout takes it");
        }
        "plan" => {
            for text in &sites::texts(sites) {
                let plan = turns::planned(&topology::parse(text, None));
                std::hint::black_box(plan.to_json());
            }
            println!("{}", peak_kib());
        }
        "bare" => {
            let texts = sites::texts(sites);
            let plan = turns::planned(&topology::parse(&texts[0], None));
            let mut spent = bare::Spent::default();
            for text in &texts {
                bare::run(text, &plan, &mut spent);
            }
            println!("{}", peak_kib());
        }
        other => panic!("no such process: {other}"),
    }
}

/// `VmHWM`: the most memory this process ever had.
fn peak_kib() -> u64 {
    let status =
        std::fs::read_to_string("/proc/self/status").expect("Linux tells a process of itself");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("it has a peak");
    line.trim().trim_end_matches(" kB").parse().expect("a number of KiB")
}

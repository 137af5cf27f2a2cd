//! Nodes that die or reboot at any command: the run stops and says what is so, and a plan made from
//! there, after a person switched the node on, reaches the goal.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use ctsup_core::action::{Certificate, MOVED_TOGETHER, Registry, Volume, Wait};
use ctsup_core::plan::lint;
use ctsup_core::prove::{Verdict, prove};
use ctsup_core::run::StopReason;
use ctsup_core::{
    Action, Atom, Catalogue, ClusterName, Code, Goal, Outcome, Parsed, Plan, plan_from,
};
use ctsup_simulator::fault::{Fault, Kind, Moment};
use ctsup_simulator::{Command, Ended, Rehearsal};

use crate::harness::{Tally, Whole, exhaustive, last, places, rehearsal, wholes};
use crate::{example, observed, plans};

/// How a plan made anew from a stopped run ended.
pub(crate) enum Anew {
    /// There was nothing left to do.
    Nothing,
    /// A plan.
    Plan(Box<Plan>),
    /// No plan, and why.
    Refused(Vec<String>),
}

/// Plans from where a run stopped and from what is observed: `ctsup plan --from-run`.
pub(crate) fn anew(name: &str, rehearsal: &Rehearsal) -> Result<Anew, String> {
    let run = rehearsal.told()?;
    let planned = |read: fn(&str) -> (Parsed, Goal)| {
        let (seen, goal) = read(name);
        let facts = observed::facts(seen, goal, rehearsal);
        let (mut parsed, _) = read(name);
        for (key, value, origin) in facts.iter() {
            parsed.facts.set(key.clone(), value.clone(), origin);
        }
        let start = run.anew(&mut parsed);
        plan_from(&parsed, Catalogue::built_in(), goal, Some(&start))
    };
    let mut outcome = planned(example::parsed);
    // Where a look was disturbed the refusal names its command: a person observes once more.
    if outcome.diagnostics().iter().any(|d| d.code == Code::MissingFact) {
        outcome = planned(example::parsed);
    }
    // The refusal names the way on: by hand.
    if outcome.diagnostics().iter().any(|d| d.code == Code::PlaybooksNotFromHere) {
        outcome = planned(example::parsed_by_hand);
    }
    Ok(match outcome {
        Outcome::NothingToDo(_) => Anew::Nothing,
        Outcome::Ready(planned) if planned.plan.steps.is_empty() => Anew::Nothing,
        Outcome::Ready(planned) => Anew::Plan(Box::new(planned.plan)),
        Outcome::Stopped(found) => Anew::Refused(
            found.iter().map(|d| format!("{} {:?}", d.code.as_str(), d.args)).collect(),
        ),
    })
}

/// Switches on what is off, as a person does, and lets everything come to rest; once more where a fault
/// was still on its way meanwhile.
pub(crate) fn switch_on(rehearsal: &Rehearsal) -> usize {
    let simulation = &rehearsal.way.simulation;
    let mut all = 0;
    loop {
        let off = simulation.with(|w| {
            let off: Vec<String> =
                w.nodes.iter().filter(|(_, n)| !n.up).map(|(name, _)| name.clone()).collect();
            off.iter().for_each(|node| w.switch_on(node));
            off.len()
        });
        simulation.pass(180_000);
        all += off;
        if simulation.with(|w| w.nodes.values().all(|n| n.up)) {
            return all;
        }
    }
}

/// Runs a plan made anew. The lock of the stopped run, which a dead node could not give back, is
/// taken over on purpose.
fn by_a_person(next: &Rehearsal) -> Ended {
    let mut ended = next.take_over();
    for _ in 0..4 {
        match &ended {
            // A fault of the night before may still be on its way.
            Ended::Killed => {}
            Ended::Stopped(StopReason::Lost(_)) => drop(switch_on(next)),
            Ended::Broken(why) if why == "no node answers" => drop(switch_on(next)),
            // What took too long runs on where it is; a person resumes when it had time.
            Ended::Stopped(StopReason::Asked { .. }) => next.way.simulation.pass(600_000),
            ended if helped(next, ended) => {}
            _ => break,
        }
        ended = next.take_over();
    }
    ended
}

/// What a person does after a step failed on what an earlier attempt left: nothing saved is ever
/// written over (invariants 19, 33), so what was not finished is moved out of the way by hand.
pub(crate) fn helped(stopped: &Rehearsal, ended: &Ended) -> bool {
    let Ended::Stopped(StopReason::Failed(id)) = ended else { return false };
    let Some(step) = stopped.plan.step(id.as_str()) else { return false };
    if let Action::Wait(Wait::Gate { cluster, .. }) = &step.action {
        return brought_together(stopped, *cluster);
    }
    let seen = stopped.told().ok().and_then(|run| run.step(id).map(|s| s.seen.clone()));
    let seen = seen.unwrap_or_default();
    let named = [
        ("mkdir: cannot create directory '", "': File exists"),
        ("sh: ", ": cannot overwrite existing file"),
    ];
    let named = named.iter().find_map(|(before, after)| {
        let (path, _) = seen.strip_prefix(before)?.split_once(after)?;
        Some(vec![path.to_owned()])
    });
    let number = stopped.way.calls();
    let rename = |path: &str| format!("mv {path} {path}.unfinished-{number}");
    let lines: Option<Vec<String>> = match (&named, &step.action) {
        (Some(paths), _) => Some(paths.iter().map(|path| rename(path)).collect()),
        // Half of the archives, or those of the last time: the directory must be empty.
        (None, Action::Registry(Registry::Load { scratch, .. })) => Some(vec![rename(scratch)]),
        // The new files are brought once more from the operator's machine, as `.fails` of the step says.
        (None, Action::Certificate(Certificate::Place { bundle_name, incoming, key_name, .. })) => {
            let bring = |name: &String| format!("echo new {name} > {incoming}/{name}");
            let there = format!("mkdir -p -m 0700 {incoming}");
            Some(vec![there, bring(bundle_name), bring(key_name)])
        }
        // Half of a copy: what is there goes aside the way the newer data went.
        (None, Action::Volume(Volume::PutBack { data, paths, .. })) => {
            let again = Action::Volume(Volume::SetAside {
                data: data.clone(),
                paths: paths.clone(),
                serving: None,
                suffix: format!("before-rollback-unfinished-{number}"),
                writers: Vec::new(),
            });
            Some(again.commands())
        }
        _ => None,
    };
    let (Some(lines), Some(node)) = (lines, &step.node) else { return false };
    lines.into_iter().all(|line| {
        // The node may go down under the person's hands as well.
        let command = Command { lines: vec![line], ..Command::default() };
        let gone = stopped.way.simulation.run(node.as_str(), &command, 3_600_000);
        gone.is_some_and(|gone| gone.code == Some(0))
    })
}

/// The address on one node and the services on the other: a person moves what strayed to the node that
/// serves by the plan, and takes away what that leaves, as `.fails` of the gate says.
fn brought_together(stopped: &Rehearsal, cluster: ClusterName) -> bool {
    let Ok(run) = stopped.told() else { return false };
    let state = run.state();
    let nodes = &stopped.plan.topology.clusters[&cluster].nodes;
    let serves = nodes.iter().find(|node| state.has(&Atom::Active((*node).clone())));
    let Some(node) = serves else { return false };
    let fqdn = &stopped.plan.topology.nodes[node].fqdn;
    let simulation = &stopped.way.simulation;
    let strayed: Vec<&str> = simulation.with(|w| {
        let resources = w.clusters[cluster.as_str()].resources.iter();
        let away = resources.filter(|r| !r.on.is_empty() && !r.on.contains(node.as_str()));
        away.filter_map(|r| MOVED_TOGETHER.into_iter().find(|name| *name == r.id)).collect()
    });
    if strayed.len() != 1 {
        return false;
    }
    let lines = strayed.iter().flat_map(|name| {
        [format!("pcs resource move {name} {fqdn}"), format!("pcs resource clear {name}")]
    });
    let command = Command { lines: lines.collect(), ..Command::default() };
    let gone = simulation.run(node.as_str(), &command, 3_600_000);
    simulation.pass(60_000);
    gone.is_some_and(|gone| gone.code == Some(0))
}

/// How a plan goes wrong by its proof: the command line saves none that is not proven. Plans made
/// anew at many places are the same.
fn refuted(plan: &Plan) -> Option<String> {
    static KNOWN: Mutex<BTreeMap<String, Option<String>>> = Mutex::new(BTreeMap::new());
    let known = || KNOWN.lock().expect("nobody panics with it");
    if let Some(told) = known().get(&plan.digest) {
        return told.clone();
    }
    let proof = prove(plan);
    let told = (proof.verdict != Verdict::Proven).then(|| {
        let rules = proof.refutations.iter().map(|r| format!("{:?} {:?}", r.rule, r.starting));
        format!("{:?} {:?}", proof.verdict, rules.collect::<Vec<_>>())
    });
    known().insert(plan.digest.clone(), told.clone());
    told
}

/// Goes on by plans made anew until the goal is reached; says what stands in the way, and counts
/// the plans.
pub(crate) fn to_the_goal(name: &str, first: &Rehearsal) -> Result<usize, String> {
    let mut others: Vec<Rehearsal> = Vec::new();
    for round in 1..=4 {
        let before = others.last().unwrap_or(first);
        match anew(name, before)? {
            Anew::Nothing => return Ok(round - 1),
            Anew::Refused(why) => return Err(format!("no plan: {why:?}")),
            Anew::Plan(plan) => {
                // The command line does not show a plan that breaks a rule.
                let broken: Vec<_> = lint(&plan).iter().map(ToString::to_string).collect();
                if !broken.is_empty() {
                    return Err(format!("breaks: {broken:?}"));
                }
                if let Some(how) = refuted(&plan) {
                    return Err(format!("unproven: {how}"));
                }
                let next = first.then(*plan, &format!("anew-{round}"));
                let ended = by_a_person(&next);
                if ended == Ended::Done {
                    let wrong = plans::news(name, &next.plan, &next.way.simulation);
                    if !wrong.is_empty() {
                        return Err(format!("at the end: {wrong:?}"));
                    }
                    return Ok(round);
                }
                if !matches!(ended, Ended::Stopped(_)) || round == 4 {
                    let start: Vec<_> = next.plan.start.atoms().map(ToString::to_string).collect();
                    let told = last(&next);
                    return Err(format!("{ended:?} {told} from {}", start.join(" ")));
                }
                others.push(next);
            }
        }
    }
    Err("no end".to_owned())
}

fn strikes(nth: usize, kind: &Kind) -> Fault {
    let nth = u32::try_from(nth).expect("few commands");
    Fault { node: None, command: String::new(), nth, kind: kind.clone() }
}

/// One fault of a node in one command, and all that follows.
fn struck(whole: &Whole, nth: usize, kind: &Kind, tally: &mut Tally) {
    let first = rehearsal(&whole.plan);
    first.way.simulation.with(|w| w.faults.add(strikes(nth, kind)));
    let ended = first.run();
    let mut wrong = |what: String| {
        let command = first.way.simulation.with(|w| w.calls.get(nth - 1).cloned());
        let command = command.map(|c| format!("{} on {}", c.text, c.node)).unwrap_or_default();
        let command: String = command.chars().take(80).collect();
        tally.wrong.push(format!("{} {kind:?} in {nth} ({command}): {what}", whole.name));
    };
    let reason = match &ended {
        Ended::Done => "done all the same",
        Ended::Stopped(StopReason::Rebooted(_)) => "stopped: rebooted",
        Ended::Stopped(StopReason::Lost(_)) => "stopped: node silent",
        Ended::Stopped(StopReason::Failed(_)) => "stopped: failed",
        Ended::Stopped(StopReason::Fell(_)) => "stopped: what it needs fell",
        Ended::Stopped(_) => "stopped otherwise",
        other => return wrong(format!("{other:?} {}", last(&first))),
    };
    let run = match first.told() {
        Ok(run) => run,
        Err(error) => return wrong(error),
    };
    let untrue = first.way.simulation.with(|w| observed::untrue(&run, w));
    if !untrue.is_empty() {
        return wrong(format!("{reason}: {untrue:?}"));
    }
    let switched = switch_on(&first);
    if ended == Ended::Done {
        return tally.count(reason);
    }
    match to_the_goal(&whole.name, &first) {
        Ok(plans) => tally.count(format!("{reason}, {switched} switched on, {plans} plans")),
        Err(what) => wrong(format!("{reason}: {what}")),
    }
}

fn everywhere(what: &str, most: usize, kind: &Kind) {
    let mut tally = Tally::default();
    for whole in wholes() {
        tally.possible += whole.commands;
        for at in places(&whole.name, whole.commands, most) {
            tally.tried += 1;
            struck(whole, at + 1, kind, &mut tally);
        }
    }
    set_known_aside(&mut tally);
    tally.end(what);
}

/// The lines of `no_way_on.txt`: where no plan leads on yet, by example and a part of what is said.
fn known() -> impl Iterator<Item = &'static str> {
    include_str!("no_way_on.txt").lines().filter(|l| l.contains(": ") && !l.starts_with('#'))
}

/// How many tests read `no_way_on.txt`: two here, one in `random`, one in `abort`.
const READERS: usize = 4;

/// Counts what is known to have no way on yet apart from what is news, by line. Once all readers
/// have tried every place, a line that nothing hit any more is stale, and is news as well.
pub(crate) fn set_known_aside(tally: &mut Tally) {
    static HIT: Mutex<(usize, BTreeSet<&str>)> = Mutex::new((0, BTreeSet::new()));
    let mut hit = HIT.lock().expect("nobody panics with it");
    for wrong in std::mem::take(&mut tally.wrong) {
        let line = known().find(|line| {
            let (name, what) = line.split_once(": ").expect("filtered");
            wrong.starts_with(&format!("{name} ")) && wrong.contains(what)
        });
        match line {
            Some(line) => {
                hit.1.insert(line);
                tally.count(format!("no way on yet: {line}"));
            }
            None => tally.wrong.push(wrong),
        }
    }
    hit.0 += 1;
    if hit.0 == READERS && exhaustive() {
        let stale = known().filter(|line| !hit.1.contains(line));
        tally.wrong.extend(stale.map(|line| format!("no_way_on.txt: nothing hits {line:?}")));
    }
}

#[test]
fn a_node_that_dies_in_any_command_stops_the_run_truthfully() {
    everywhere("node dies", 25, &Kind::KillNode(Moment::During(150)));
}

#[test]
fn a_node_that_reboots_in_any_command_stops_the_run_truthfully() {
    everywhere("node reboots", 25, &Kind::Reboot(Moment::During(150)));
}

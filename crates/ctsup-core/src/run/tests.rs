//! Runs without a world: every answer comes from the test.

mod anew;
mod refused;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::*;
use crate::action::{Kind, Repeat};
use crate::catalogue::Catalogue;
use crate::plan::Goal;
use crate::planner::{Outcome, Request, plan};

const HA: &str = include_str!("../../../../examples/ha.toml");
const SINGLE: &str = include_str!("../../../../examples/single.toml");

fn planned(topology: &str) -> Arc<Plan> {
    let lists = BTreeMap::new();
    let catalogue = Catalogue::built_in();
    let request =
        Request { topology, facts: None, image_lists: &lists, catalogue, goal: Goal::Upgrade };
    match plan(&request) {
        Outcome::Ready(planned) => Arc::new(planned.plan),
        other => panic!("no plan: {:?}", other.diagnostics()),
    }
}

/// A run with its journal.
struct Told {
    run: Run,
    records: Vec<Record>,
    text: String,
}

impl Told {
    fn new(plan: &Arc<Plan>) -> Self {
        let header = Header {
            digest: plan.digest.clone(),
            format: JOURNAL_FORMAT,
            run: "r1".to_owned(),
            site: plan.site.clone(),
        };
        let mut told =
            Self { run: Run::new(plan.clone()), records: Vec::new(), text: header.line() };
        told.tell(Event::Approved { by: "anna".to_owned(), digest: plan.digest.clone() });
        told.attach(1);
        told
    }

    fn attach(&mut self, generation: u64) {
        self.tell(Event::Attached { by: "anna@laptop".to_owned(), generation });
    }

    fn tell(&mut self, event: Event) {
        self.run.apply(self.records.len() as u64, &event).expect("a legal event");
        let last = line_hash(self.text.lines().next_back().expect("a header"));
        let seq = self.records.len() as u64 + 1;
        let record = Record::new(seq, last, seq - 1, event);
        self.text.push_str(&record.line());
        self.records.push(record);
    }

    fn begin(&mut self, step: &StepId) -> u32 {
        let attempt = self.run.step(step).expect("a step").attempt + 1;
        self.tell(Event::Begun { attempt, step: step.clone() });
        attempt
    }

    fn send(&mut self, step: &StepId) -> u32 {
        let attempt = self.begin(step);
        let commands = Vec::new();
        self.tell(Event::Started { attempt, commands, part: 1, step: step.clone() });
        attempt
    }

    fn end(&mut self, step: &StepId, attempt: u32, code: i32) {
        self.tell(Event::Ended { attempt, code, part: 1, size: 0, step: step.clone() });
    }

    /// Does what comes next, with good luck; whether there was something.
    fn advance(&mut self, limits: &Limits) -> bool {
        match self.run.next(limits) {
            Next::Start(step) => {
                let changes =
                    self.run.plan().step(step.as_str()).expect("a step").kind == Kind::Change;
                if changes {
                    let attempt = self.send(&step);
                    self.end(&step, attempt, 0);
                } else {
                    self.begin(&step);
                }
                self.tell(Event::Done { how: How::Ran, step });
            }
            Next::Ask(step, question) => {
                let seen = String::new();
                self.tell(Event::Asked { question, seen, step: step.clone() });
                let (by, note) = ("anna".to_owned(), String::new());
                self.tell(Event::Answered { answer: Answer::Done, by, note, step });
            }
            Next::Done => {
                self.tell(Event::Finished);
                return false;
            }
            _ => return false,
        }
        true
    }

    fn all(&mut self) {
        while self.advance(&Limits::default()) {}
    }

    fn up_to(&mut self, id: &str) {
        while self.run.next(&Limits::default()) != Next::Start(StepId::from(id)) {
            assert!(self.advance(&Limits::default()), "{:?}", self.run.next(&Limits::default()));
        }
    }
}

fn step_where(plan: &Plan, f: impl Fn(&Step) -> bool) -> StepId {
    plan.steps.iter().find(|step| f(step)).expect("such a step").id.clone()
}

fn deploy_of(plan: &Plan) -> StepId {
    step_where(plan, |s| s.action.code() == "dpl-deploy")
}

/// What each application is, by its name: of the new release or not, and who says so.
fn releases(run: &Run) -> BTreeMap<String, (Option<bool>, Basis)> {
    let all = run.stop_report().stacks.into_iter();
    all.map(|now| (now.stack.to_string(), (now.new, now.new_by))).collect()
}

#[test]
fn what_the_file_says_is_no_knowledge_of_a_server() {
    let plan = planned(HA);
    let told = Told::new(&plan);
    let before = releases(&told.run);
    let bases: Vec<Basis> = before.values().map(|(_, by)| *by).collect();
    assert!(bases.contains(&Basis::File), "{before:?}");
    assert!(bases.iter().all(|by| matches!(by, Basis::File | Basis::Nothing)), "{before:?}");
    let mut told = told;
    told.all();
    // An idle node's is known as soon as it was deployed.
    for (stack, (new, by)) in releases(&told.run) {
        assert_eq!((new, by), (Some(true), Basis::Run), "{stack}");
    }
    // What an upgrade before has brought is not what the file says is installed.
    let mut later = Plan::clone(&plan);
    let stack =
        later.topology.stacks.iter().find(|s| before[&s.stack.to_string()].1 == Basis::File);
    let stack = stack.expect("one that serves").stack.clone();
    later.start.apply(&crate::state::is(crate::Atom::New(stack.clone())));
    let told = Told::new(&Arc::new(later));
    assert_eq!(releases(&told.run)[&stack.to_string()], (Some(true), Basis::Fact));
    // Who says it of a server is believed.
    let said =
        HA.replace("[facts.nodes.back-01]\n", "[facts.nodes.back-01]\nexpress = \"2.4.1\"\n");
    let told = Told::new(&planned(&said));
    assert_eq!(releases(&told.run)["back-01/express"], (Some(false), Basis::Fact));
}

/// Pins that a file accepts are no debt of anybody's; those that it does not are one.
#[test]
fn pins_that_the_file_accepts_stay() {
    let pins = |node: &str| {
        format!("\n[facts.settings.{node}]\npins = {{ trusts = \"ccs/trusts:1.28.0\" }}\n")
    };
    let pinned = format!("{HA}{}{}", pins("front-01"), pins("front-02"));
    let accepted = pinned.replacen("accept = [", "accept = [\"pins-kept\", ", 1);
    assert_ne!(accepted, pinned);
    let plan = planned(&accepted);
    let mut told = Told::new(&plan);
    let stay = |told: &Told| {
        let debts = told.run.stop_report().debts;
        debts.into_iter().map(|debt| (debt.debt.to_string(), debt.stays)).collect::<Vec<_>>()
    };
    let pins = |stay| ["front-01", "front-02"].map(|n| (format!("pinned({n}/express)"), stay));
    assert_eq!(stay(&told), pins(true));
    told.all();
    assert_eq!(stay(&told), pins(true));
    // The same found, and nobody said that it may stay.
    let mut bare = Plan::clone(&plan);
    bare.accepted.retain(|risk| risk != "pins-kept");
    let told = Told::new(&Arc::new(bare));
    assert_eq!(stay(&told), pins(false));
}

#[test]
fn good_luck_ends_where_the_plan_says() {
    for topology in [SINGLE, HA] {
        let plan = planned(topology);
        let mut told = Told::new(&plan);
        told.all();
        assert!(told.run.is_finished());
        assert_eq!(told.run.state(), plan.end());
        let read = JournalText::read(told.text.as_bytes()).expect("a journal");
        let again = Run::replay(plan.clone(), &read.records).expect("legal");
        assert_eq!(again, told.run);
    }
}

#[test]
fn after_every_record_a_new_process_goes_on_and_repeats_nothing_unasked() {
    let plan = planned(HA);
    let mut whole = Told::new(&plan);
    whole.all();
    for cut in 2..whole.records.len() {
        let mut told = Told {
            run: Run::replay(plan.clone(), &whole.records[..cut]).expect("legal"),
            records: whole.records[..cut].to_vec(),
            text: whole.text.lines().take(cut + 1).map(|l| format!("{l}\n")).collect(),
        };
        told.attach(2);
        if let Next::Reattach(step) = told.run.next(&Limits::default()) {
            let run = told.run.step(&step).expect("a step").clone();
            told.tell(Event::Reattached { step: step.clone() });
            if run.status == Status::InFlight(InFlight::Sent) {
                // The node has the job: it is read, never sent again.
                told.end(&step, run.attempt, 0);
            }
            told.tell(Event::Done { how: How::Ran, step });
        }
        told.all();
        assert!(told.run.is_finished(), "cut at {cut}: {:?}", told.run.next(&Limits::default()));
        assert_eq!(told.run.state(), plan.end());
        for (step, run) in told.run.steps() {
            assert!(run.attempt <= 1, "{} began {} times", step.id, run.attempt);
        }
    }
}

#[test]
fn what_vanished_is_decided_by_what_repeating_means() {
    let plan = planned(HA);
    for repeat in [Repeat::Safe, Repeat::ProbeFirst, Repeat::AskFirst] {
        let id = step_where(&plan, |s| s.repeat == repeat && s.kind == Kind::Change);
        let mut told = Told::new(&plan);
        told.up_to(id.as_str());
        let attempt = told.send(&id);
        told.tell(Event::Vanished { attempt, part: 1, step: id.clone() });
        let next = told.run.next(&Limits::default());
        match repeat {
            Repeat::Safe => assert_eq!(next, Next::Start(id)),
            Repeat::ProbeFirst => {
                assert_eq!(next, Next::Probe(id.clone()));
                let begun = Event::Begun { attempt: 2, step: id };
                assert!(told.run.apply(0, &begun).is_err(), "began again without a look");
            }
            Repeat::AskFirst => {
                assert_eq!(next, Next::Ask(id.clone(), Question::Repeat));
                let begun = Event::Begun { attempt: 2, step: id };
                assert!(told.run.apply(0, &begun).is_err(), "began again unasked");
            }
        }
    }
}

#[test]
fn a_part_that_never_arrived_goes_on_behind_the_parts_that_ended() {
    let plan = planned(HA);
    let id = step_where(&plan, |s| matches!(s.action, crate::action::Action::Pcs(_)));
    let mut told = Told::new(&plan);
    told.up_to(id.as_str());
    let attempt = told.send(&id);
    told.end(&id, attempt, 0);
    let started =
        |attempt, part| Event::Started { attempt, commands: Vec::new(), part, step: id.clone() };
    told.tell(started(attempt, 2));
    let (again, seen) = (true, "it never arrived there".to_owned());
    told.tell(Event::NotLaunched { again, attempt, part: 2, seen, step: id.clone() });
    // Nothing is unknown, so nobody is asked and the first part is not sent again; the node has
    // refused the old number for good.
    assert_eq!(told.run.next(&Limits::default()), Next::Reattach(id.clone()));
    told.tell(Event::Reattached { step: id.clone() });
    assert_eq!(told.run.step(&id).expect("a step").part, 1);
    assert!(told.run.clone().apply(0, &started(attempt, 2)).is_err(), "under the old number");
    assert!(told.run.clone().apply(0, &started(attempt + 1, 1)).is_err(), "the first part again");
    told.tell(started(attempt + 1, 2));
    let (size, step) = (0, id.clone());
    told.tell(Event::Ended { attempt: attempt + 1, code: 0, part: 2, size, step });
    told.tell(Event::Done { how: How::Ran, step: id.clone() });
    told.all();
    assert!(told.run.is_finished() || told.run.next(&Limits::default()) == Next::Done);
}

#[test]
fn a_node_that_stays_silent_stops_the_run_and_the_look_goes_on_later() {
    let plan = planned(HA);
    let id = step_where(&plan, |s| s.kind == Kind::Wait);
    let mut told = Told::new(&plan);
    told.up_to(id.as_str());
    told.begin(&id);
    told.tell(Event::Lost { seen: "silence".to_owned(), step: id.clone() });
    assert_eq!(told.run.next(&Limits::default()), Next::Stop(StopReason::Lost(id.clone())));
    assert_eq!(told.run.stop_report().running, [], "a look changes nothing");
    told.attach(2);
    assert_eq!(told.run.next(&Limits::default()), Next::Reattach(id.clone()));
    told.tell(Event::Reattached { step: id.clone() });
    told.tell(Event::Done { how: How::Ran, step: id });
}

#[test]
fn a_failure_stops_the_run_and_names_what_is_owed() {
    let plan = planned(SINGLE);
    let deploy = deploy_of(&plan);
    let mut told = Told::new(&plan);
    told.up_to(deploy.as_str());
    let attempt = told.send(&deploy);
    told.end(&deploy, attempt, 1);
    let failed = Event::Failed {
        code: Some(1),
        reason: "exit".to_owned(),
        seen: "no space left".to_owned(),
        step: deploy.clone(),
    };
    told.tell(failed);
    assert_eq!(told.run.next(&Limits::default()), Next::Stop(StopReason::Failed(deploy.clone())));
    let report = told.run.stop_report();
    assert_eq!(report.in_doubt.len(), 1);
    assert!(!report.met.is_empty(), "the new code may have met the data");
    let owed: Vec<String> = report.debts.iter().map(|d| d.debt.to_string()).collect();
    assert!(owed.iter().any(|d| d.starts_with("stopped(")), "{owed:?}");
    for debt in &report.debts {
        assert!(!debt.commands.is_empty() || debt.paid_by.is_some(), "{debt:?} can't be paid");
    }
    // A person who goes on gets a look first: a deploy is never repeated blindly.
    told.attach(2);
    assert_eq!(told.run.next(&Limits::default()), Next::Probe(deploy));
}

#[test]
fn a_stop_waits_for_the_end_of_a_window() {
    let plan = planned(HA);
    let told = Told::new(&plan);
    let windows: Vec<_> = told.run.windows().collect();
    assert!(!windows.is_empty(), "the plan has no window");
    for (opens, closes) in windows {
        let (opens, closes) = (&plan.steps[opens].id, &plan.steps[closes].id);
        let mut told = Told::new(&plan);
        told.up_to(opens.as_str());
        assert!(!told.run.in_window());
        let attempt = told.send(opens);
        told.tell(Event::StopAsked { at_once: false, by: "signal".to_owned() });
        assert_eq!(told.run.next(&Limits::default()), Next::Wait);
        told.end(opens, attempt, 0);
        told.tell(Event::Done { how: How::Ran, step: opens.clone() });
        while told.advance(&Limits::default()) {}
        let stopped = Next::Stop(StopReason::Asked { at_once: false });
        assert_eq!(told.run.next(&Limits::default()), stopped);
        assert!(told.run.step(closes).expect("a step").is_done());
        assert!(!told.run.in_window());
    }
}

#[test]
fn a_boot_stops_the_run_for_good() {
    let plan = planned(HA);
    let deploy = deploy_of(&plan);
    let mut told = Told::new(&plan);
    let node = plan.step(deploy.as_str()).and_then(|s| s.node.clone()).expect("a node");
    told.tell(Event::Boot { boot: "one".to_owned(), node: node.clone() });
    told.up_to(deploy.as_str());
    told.tell(Event::Boot { boot: "two".to_owned(), node: node.clone() });
    told.attach(2);
    let rebooted = Next::Stop(StopReason::Rebooted(node.clone()));
    assert_eq!(told.run.next(&Limits::default()), rebooted);
    assert!(!told.run.state().has(&crate::state::Atom::Active(node)));
}

#[test]
fn giving_up_pays_settings_and_the_antivirus_last_and_leaves_services_to_a_person() {
    let plan = planned(HA);
    let deploy = deploy_of(&plan);
    let mut told = Told::new(&plan);
    told.up_to(deploy.as_str());
    told.tell(Event::Aborting { by: "anna".to_owned() });
    let mut paid = Vec::new();
    while let Next::Start(step) = told.run.next(&Limits::default()) {
        paid.push(plan.step(step.as_str()).expect("a step").action.code());
        assert!(told.advance(&Limits::default()));
    }
    assert_eq!(told.run.next(&Limits::default()), Next::Stop(StopReason::Aborted));
    assert!(paid.iter().all(|code| *code == "unit-start-antivirus"), "{paid:?}");
    let left: Vec<String> = told.run.state().debts().map(ToString::to_string).collect();
    assert!(!left.iter().any(|d| d.starts_with("antivirus-off")), "{left:?}");
    assert!(left.iter().any(|d| d.starts_with("stopped(")), "{left:?}");
}

#[test]
fn beside_each_other_run_only_steps_that_may() {
    let plan = planned(HA);
    let limits = Limits { parallel: 8, ..Limits::default() };
    let mut told = Told::new(&plan);
    let mut flying: Vec<StepId> = Vec::new();
    let mut widest = 0;
    loop {
        match told.run.next(&limits) {
            Next::Start(step) => {
                told.begin(&step);
                flying.push(step);
                widest = widest.max(flying.len());
                let steps: Vec<_> =
                    flying.iter().map(|id| plan.step(id.as_str()).expect("a step")).collect();
                let interrupting = steps.iter().filter(|s| s.action.interrupts()).count();
                assert!(interrupting <= 1, "two interruptions at once");
                let mut nodes: Vec<_> = steps.iter().filter_map(|s| s.node.clone()).collect();
                nodes.sort();
                nodes.dedup();
                assert_eq!(nodes.len(), steps.iter().filter(|s| s.node.is_some()).count());
            }
            Next::Wait => {
                let step = flying.remove(0);
                told.tell(Event::Done { how: How::Ran, step });
            }
            Next::Done => break,
            Next::Ask(..) => assert!(told.advance(&limits)),
            other => panic!("{other:?}"),
        }
    }
    assert!(widest > 1, "nothing ran in parallel");
    assert_eq!(told.run.state(), plan.end());
}

#[test]
fn a_journal_cut_anywhere_is_a_prefix_and_changed_anywhere_is_refused() {
    let plan = planned(SINGLE);
    let mut told = Told::new(&plan);
    told.all();
    let text: String = told.text.lines().take(12).map(|l| format!("{l}\n")).collect();
    let whole = JournalText::read(text.as_bytes()).expect("a journal");
    let header = text.find('\n').expect("a header") + 1;
    for cut in 0..text.len() {
        match JournalText::read(&text.as_bytes()[..cut]) {
            Ok(read) => {
                assert!(cut >= header);
                assert_eq!(read.records[..], whole.records[..read.records.len()]);
            }
            Err(error) => assert!(cut < header, "{error}"),
        }
    }
    for at in 0..text.len() {
        for bit in [0, 3, 6] {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1 << bit;
            if let Ok(read) = JournalText::read(&bytes) {
                // Only the last line's end may go: then that line counts as torn.
                assert_eq!(at, text.len() - 1, "byte {at} changed and nobody noticed");
                assert_eq!(read.records.len() + 1, whole.records.len());
            }
        }
    }
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    for at in 1..lines.len() {
        let mut doubled = lines.clone();
        doubled.insert(at, lines[at]);
        assert!(JournalText::read(doubled.concat().as_bytes()).is_err(), "line {at} doubled");
        if at + 1 < lines.len() {
            let mut swapped = lines.clone();
            swapped.swap(at, at + 1);
            assert!(JournalText::read(swapped.concat().as_bytes()).is_err(), "line {at} swapped");
            let mut left_out = lines.clone();
            left_out.remove(at);
            assert!(JournalText::read(left_out.concat().as_bytes()).is_err(), "{at} left out");
        }
    }
}

/// What is sent is what was approved; only where compose wants to be told that there is no terminal
/// does it hear so, and only in commands of ours.
#[test]
fn what_is_sent_is_what_was_approved() {
    let text = include_str!("../../../../examples/ha-postgres.toml");
    let mut told = 0;
    for plan in [planned(HA), planned(SINGLE), planned(text)] {
        for step in &plan.steps {
            let sent = step.action.sent();
            if sent == step.commands {
                continue;
            }
            told += 1;
            assert!(matches!(step.action, crate::Action::Database(_)), "{}", step.id);
            let bare: Vec<_> = sent.iter().map(|line| line.replace("exec -T ", "exec ")).collect();
            assert_eq!(bare, step.commands, "{}", step.id);
        }
    }
    assert!(told > 0);
    let site = crate::Action::Site(crate::action::Site {
        confirm: None,
        name: "ours".parse().expect("a name"),
        node: None,
        owes: None,
        probe: None,
        run: vec!["dpl --dc exec x true".to_owned()],
        undo: Vec::new(),
    });
    assert_eq!(site.sent(), ["dpl --dc exec x true"]);
}

//! The Web Client cluster by its playbooks (WC.1 to WC.8).

use crate::action::dpl::Brings;
use crate::action::{Action, Look, Person, Playbook, Registry};
use crate::cite;
use crate::diagnostic::{Code, Diagnostic};
use crate::fact::{FactKey, FactValue, Test};
use crate::guide::RowKey;
use crate::name::{App, NodeName, Stack};
use crate::plan::builder::{Added, Draft};
use crate::plan::{Because, Phase, Source, WarningCode};
use crate::planner::Planner;
use crate::state::{Atom, is};
use crate::topology::WebClient;

/// Upgrades both nodes of the Web Client cluster.
pub(super) fn add(p: &mut Planner<'_>) {
    let Some(web) = p.site.web_client.clone() else {
        p.say("web_client", Diagnostic::new(Code::GoalNotHere).arg("goal", p.goal));
        return;
    };
    let image = web.image.to_string();
    let there = FactValue::Text(image.clone());
    let Some(old) = p.ask.holds(FactKey::WebClientImage, Test::IsNot, there) else { return };
    let new = |p: &Planner<'_>, node| p.steps.has(&Atom::New(Stack::new(node, App::WebClient)));
    let both = web.nodes.iter().all(|node| new(p, node));
    if both || (!old.yes && !p.known_start) {
        p.nothing_to_do();
        return;
    }
    let control = web.control.clone();
    let dir = web.dir.clone().unwrap_or_else(|| p.catalogue.paths.web_playbooks.clone());
    let first_done = new(p, &web.nodes[0]);
    let mut named = None;
    // Asked before anything is changed: a look into the directory answers it.
    let confirmed = match web.second_playbook {
        Some(_) => None,
        None => confirm_name(p, &control, &dir),
    };
    // The second playbook reads the variable as well, should it not name the image any more.
    if !first_done || !p.steps.has(&Atom::WebClientNamed) {
        let loaded = load(p, &web);
        let look = Action::Look(Look::WebImage { image: image.clone(), node: control.clone() });
        let look = Draft::on(&control, Phase::Prepare, "web-client/image", look);
        let look = p.steps.add(look.cites(&[cite!("WC.3")]).because(&old));
        p.steps.after(look, loaded, Because::Row(cite!("WC.3")));
        let name = Action::Playbook(Playbook::NameImage {
            dir: dir.clone(),
            image,
            node: control.clone(),
        });
        let name = Draft::on(&control, Phase::Prepare, "web-client/name-image", name);
        named = p.steps.once(name.cites(&[cite!("WC.4")]).because(&old));
        p.steps.after(named, look, Because::Row(cite!("WC.4")));
    }
    let name = p.catalogue.playbooks.web_first.clone();
    let rows = [cite!("WC.5"), cite!("WC.6")];
    let first = play(p, &web, 0, &dir, &name, Phase::FirstHalf, &rows);
    p.steps.after(first, named, Because::Row(cite!("WC.5")));
    p.steps.after(first, confirmed, Because::Row(cite!("WC.8")));
    let stacks = vec![Stack::new(&web.nodes[0], App::WebClient)];
    let judge = Draft::person(Phase::Judge, "judge", Action::Person(Person::Judge { stacks }));
    let judge = p.steps.once(judge.cites(&[cite!("WC.7")]));
    p.steps.after(judge, first, Because::Row(cite!("WC.7")));
    let name = web.second_playbook.clone();
    let name = name.unwrap_or_else(|| p.catalogue.playbooks.web_second.clone());
    let second = play(p, &web, 1, &dir, &name, Phase::SecondHalf, &[cite!("WC.8")]);
    p.steps.after(second, confirmed, Because::Row(cite!("WC.8")));
    p.steps.after(second, named, Because::Row(cite!("WC.4")));
    p.steps.after(second, judge, Because::Row(cite!("WC.8")));
    p.steps.after(second, judge, Because::Invariant(9));
    let stacks = vec![Stack::new(&web.nodes[1], App::WebClient)];
    let logs = Action::Person(Person::ReadLogs { dirs: Vec::new(), stacks });
    let logs = Draft::person(Phase::Verify, "read-logs", logs).source(Source::Invariant(35));
    let logs = p.steps.once(logs);
    p.steps.after(logs, second, Because::Invariant(35));
    super::ending::send_message(p, &[logs]);
}

fn load(p: &mut Planner<'_>, web: &WebClient) -> Added {
    let rows = [cite!("WC.1"), cite!("WC.2")];
    let Some(archives) = web.archives.clone() else {
        super::checks::not_for(p, "web_client.archives", "none", &rows);
        return None;
    };
    let action = Action::Registry(Registry::Load {
        archives,
        node: web.control.clone(),
        scratch: p.catalogue.paths.image_scratch.clone(),
        script: p.catalogue.paths.load_script.clone(),
    });
    let draft = Draft::on(&web.control, Phase::Prepare, "images/load", action);
    p.steps.once(draft.cites(&rows))
}

/// The guide does not name the second playbook: a person looks and says yes (A20).
fn confirm_name(p: &mut Planner<'_>, control: &NodeName, dir: &str) -> Added {
    let name = p.catalogue.playbooks.web_second.clone();
    let said = p.ask.choice("web_client.second_playbook", "unsaid");
    let action = Action::Person(Person::PlaybookName {
        dir: dir.to_owned(),
        name: name.clone(),
        node: control.clone(),
    });
    let draft = Draft::person(Phase::Prepare, "playbook-name", action);
    let step = p.steps.once(draft.source(Source::Reading("A20".to_owned())).because(&said));
    p.warn(WarningCode::InferredPlaybook, &[("name", name)], step, None);
    step
}

fn play(
    p: &mut Planner<'_>,
    web: &WebClient,
    number: usize,
    dir: &str,
    name: &str,
    phase: Phase,
    rows: &[RowKey],
) -> Added {
    let stack = Stack::new(&web.nodes[number], App::WebClient);
    let action = Action::Playbook(Playbook::Run {
        brings: Brings::New,
        clusters: Vec::new(),
        data: Vec::new(),
        dir: dir.to_owned(),
        listed: Vec::new(),
        name: name.to_owned(),
        node: web.control.clone(),
        serving: Vec::new(),
        settings: Vec::new(),
        stacks: vec![stack.clone()],
    });
    let what = if number == 0 { "playbook/first" } else { "playbook/second" };
    let draft = Draft::on(&web.control, phase, &format!("web-client/{what}"), action).cites(rows);
    let step = p.steps.ensure(draft, &[is(Atom::New(stack.clone()))]);
    p.warn(WarningCode::Pauses, &[("name", name.to_owned())], step, None);
    p.warn(WarningCode::Outage, &[("what", stack.to_string())], step, step);
    step
}

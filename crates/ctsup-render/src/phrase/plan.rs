//! The plan as a whole: its heading, its phases, its length.

use std::collections::BTreeSet;

use ctsup_core::action::database::DatabaseOp;
use ctsup_core::action::volume::BackUp;
use ctsup_core::action::{Action, Kind, Pcs, Person, Registry, Volume};
use ctsup_core::plan::{PointOfNoReturn, ReadingTaken, Step};
use ctsup_core::{Claim, Goal, Origin, Phase, StepId};

use super::reason::is_since_before;
use super::{Phrases, Span};
use crate::outline::{Outline, Section, Stretch, ranges};

impl<'p> Phrases<'p> {
    /// What the plan is: `Upgrade of romashka from 2.4.1 to 2.5.7`.
    pub(crate) fn heading(&self) -> String {
        let release = &self.plan.release;
        let args = [
            ("site", self.plan.site.as_str().into()),
            ("installed", release.installed.to_string().into()),
            ("target", release.target.to_string().into()),
        ];
        let by_hand =
            |step: &Step| matches!(step.action, Action::Person(Person::RollBackDatabase { .. }));
        let same = self.plan.goal == Goal::Rollback && release.installed == release.target;
        let goal = match same {
            // The database goes back by itself, CTS stays as it is.
            true if self.plan.steps.iter().any(by_hand) => "rollback-postgres",
            // What an upgrade began is given back; nothing newer has run.
            true => "rollback-begun",
            false => self.plan.goal.as_str(),
        };
        self.words.say(&format!("heading-{goal}"), &args)
    }

    /// Why there is something to do although the file says that the target is installed: releases
    /// of nodes that nobody has looked at.
    pub(crate) fn installed_already(&self) -> Option<String> {
        let release = &self.plan.release;
        if self.plan.goal != Goal::Upgrade || release.installed != release.target {
            return None;
        }
        let unknown: Vec<_> = self
            .plan
            .claims
            .iter()
            .filter(|claim| claim.origin == Origin::Assumed && claim.value == "unknown")
            .filter_map(|claim| claim.fact.strip_prefix("release(")?.strip_suffix(')'))
            .map(|stack| format!("facts.nodes.{}", stack.replace('/', ".")))
            .collect();
        let args =
            [("target", release.target.to_string().into()), ("facts", unknown.join(", ").into())];
        (!unknown.is_empty()).then(|| self.words.say("installed-already", &args))
    }

    /// How many steps on how many nodes.
    pub(crate) fn size(&self) -> String {
        let nodes: BTreeSet<_> = self.plan.steps.iter().filter_map(|s| s.node.as_ref()).collect();
        let steps = self.count("plan-steps", self.plan.steps.len());
        let nodes = self.count("plan-nodes", nodes.len());
        self.words.say("plan-size", &[("steps", steps.into()), ("nodes", nodes.into())])
    }

    /// How long all of it takes.
    pub(crate) fn length(&self) -> String {
        self.span(Span::of(&self.plan.steps))
    }

    /// A message that counts something.
    pub(crate) fn count(&self, id: &str, count: usize) -> String {
        self.words.say(id, &[("count", count.into())])
    }

    /// The name of a section: its phase, and which part of it where there are several.
    pub(crate) fn section(&self, outline: &Outline<'_>, section: &Section) -> String {
        let name = self.phase(section.phase, outline.has_halves());
        match section.part {
            (_, 1) => name,
            (part, of) => self.words.say(
                "section-part",
                &[("name", name.into()), ("part", part.into()), ("of", of.into())],
            ),
        }
    }

    /// The name of a phase, in a plan that changes nodes in two halves or at once.
    pub(crate) fn phase(&self, phase: Phase, two_halves: bool) -> String {
        let halves = if two_halves { "two" } else { "one" };
        let args = [("goal", self.plan.goal.as_str().into()), ("halves", halves.into())];
        self.words.say(&format!("phase-{phase}"), &args)
    }

    /// Where a step is done: `root@back-02`, or by a person.
    pub(crate) fn prompt(&self, step: &Step) -> String {
        let Some(node) = &step.node else { return self.words.say("place-person", &[]) };
        let user = step.user.as_ref().map_or_else(String::new, |user| format!("{user}@"));
        format!("{user}{node}")
    }

    /// Commands as they are typed: first into the directory. Blocks of CTS and of VoEx on one host
    /// differ in nothing else.
    pub(crate) fn typed(&self, step: &Step, commands: &[String]) -> Vec<String> {
        let into = step.cwd.iter().filter(|_| !commands.is_empty()).map(|dir| format!("cd {dir}"));
        into.chain(commands.iter().cloned()).collect()
    }

    /// The same in blocks: after each but the last, what the commands print is read first.
    pub(crate) fn blocks(&self, step: &Step) -> Vec<Vec<String>> {
        let commands = &step.commands;
        let cuts: &[usize] = match &step.action {
            Action::Pcs(Pcs::Clear { .. }) => &[commands.len().saturating_sub(2)],
            Action::Volume(Volume::FixOwners { .. }) => &[1, 2],
            Action::Volume(Volume::BackUp { by: BackUp::Copy { .. }, .. })
            | Action::Registry(Registry::Load { .. }) => &[2],
            Action::Database(database) if matches!(database.op, DatabaseOp::DeleteOld { .. }) => {
                &[1]
            }
            _ => &[],
        };
        let mut blocks = Vec::new();
        let mut from = 0;
        for to in cuts.iter().copied().chain([commands.len()]) {
            if let Some(part) = commands.get(from..to).filter(|part| !part.is_empty()) {
                let first = blocks.is_empty();
                blocks.push(if first { self.typed(step, part) } else { part.to_vec() });
            }
            from = to;
        }
        blocks
    }

    /// The step just before, where it prints on the same node what this one asks for again and
    /// nothing was changed between them.
    pub(crate) fn same_output(&self, place: usize) -> Option<usize> {
        let step = self.plan.steps.get(place)?;
        let first = step.commands.first()?;
        if step.kind != Kind::Observe {
            return None;
        }
        let before = self.plan.steps[..place].iter().enumerate().rev();
        let mut quiet = before.take_while(|(_, other)| other.kind == Kind::Observe);
        quiet
            .find(|(_, other)| other.node == step.node && other.commands.contains(first))
            .map(|(at, _)| at + 1)
    }

    /// A step by number and name, as others refer to it.
    pub(crate) fn reference(&self, outline: &Outline<'_>, id: &StepId) -> String {
        match outline.number(id) {
            Some(number) => format!("{number}\u{a0}{id}"),
            None => id.to_string(),
        }
    }

    /// One time when users are cut off: what of, from which step to which, how long.
    pub(crate) fn outage(&self, outline: &Outline<'_>, stretch: &Stretch<'_>) -> String {
        let what = stretch.warning.args.get("what").map_or("", String::as_str);
        let numbers: Vec<_> = (stretch.first..=stretch.last).map(|place| place + 1).collect();
        let args = [
            ("since", if is_since_before(stretch.warning) { "start" } else { "plan" }.into()),
            ("what", self.names(what).into()),
            ("steps", ranges(&numbers).into()),
            ("count", usize::from(numbers.len() > 1).saturating_add(1).into()),
            ("span", self.span(outline.takes(stretch)).into()),
        ];
        self.words.say("outage", &args)
    }

    /// The claims that nobody has stated or seen.
    pub(crate) fn assumed(&self) -> Vec<&'p Claim> {
        let assumed = |claim: &&Claim| claim.origin == Origin::Assumed;
        self.plan.claims.iter().filter(assumed).collect()
    }

    /// Why nothing but the backup leads back.
    pub(crate) fn no_return(&self, point: &PointOfNoReturn) -> String {
        let barriers: Vec<_> = point.barriers.iter().map(ToString::to_string).collect();
        let args = [("barriers", barriers.join(", ").into()), ("count", barriers.len().into())];
        self.words.say("no-return.why", &args)
    }

    /// The same in a list, behind the number of the step itself.
    pub(crate) fn no_return_at(&self, point: &PointOfNoReturn) -> String {
        let barriers: Vec<_> = point.barriers.iter().map(ToString::to_string).collect();
        let args = [("barriers", barriers.join(", ").into()), ("count", barriers.len().into())];
        self.words.say("no-return.at", &args)
    }

    /// A reading: the question, the answer taken, the others, the key that chooses.
    pub(crate) fn taken(&self, taken: &ReadingTaken) -> String {
        let others: Vec<_> =
            taken.others.iter().map(|other| self.reading(&taken.key, other)).collect();
        let question = self.words.say(&format!("reading-{}", taken.key), &[]);
        let mut said = self.words.say(
            "reading-taken",
            &[
                ("question", question.into()),
                ("taken", self.reading(&taken.key, &taken.taken).into()),
            ],
        );
        if !others.is_empty() {
            said.push(' ');
            let others = others.join("; ").into();
            said.push_str(&self.words.say("reading-others", &[("others", others)]));
        }
        if let Some(key) = &taken.choose {
            said.push(' ');
            said.push_str(&self.words.say("reading-choose", &[("key", key.as_str().into())]));
        }
        said
    }
}

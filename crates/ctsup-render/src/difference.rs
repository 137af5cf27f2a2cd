//! The difference of two plans as a person reads it: steps, order, and what is promised.

use std::collections::BTreeSet;

use ctsup_core::plan::graph::Order;
use ctsup_core::plan::{Plan, Step};

use crate::format::Options;
use crate::page::Page;
use crate::phrase::Phrases;
use crate::style::Role;
use crate::words::Words;

mod promise;
mod step;

/// How the new plan differs from the old one; `None` when they are the same.
#[must_use]
pub fn difference(old: &Plan, new: &Plan, words: &Words, options: &Options) -> Option<String> {
    if old.digest == new.digest {
        return None;
    }
    let mut difference = Difference {
        old: Side { plan: old, phrases: Phrases::new(words, old), order: Order::of(old) },
        new: Side { plan: new, phrases: Phrases::new(words, new), order: Order::of(new) },
        words,
        page: Page::new(options.width, options.style),
        sections: 0,
    };
    difference.made_from();
    difference.steps();
    difference.order();
    difference.promises();
    if difference.sections == 0 {
        difference.written();
    }
    if difference.sections == 0 {
        // The digest is over everything: what people are told of may be the same all the same.
        let only = words.say("difference-digest", &[]);
        difference.page.paragraph(0, &only);
    }
    Some(difference.page.finish())
}

struct Side<'p> {
    plan: &'p Plan,
    phrases: Phrases<'p>,
    order: Order<'p>,
}

struct Difference<'p> {
    old: Side<'p>,
    new: Side<'p>,
    words: &'p Words,
    page: Page,
    sections: usize,
}

impl<'p> Difference<'p> {
    fn section(&mut self, id: &str) {
        self.sections += 1;
        self.page.blank();
        let title = self.words.say(id, &[]);
        self.page.painted(0, Role::Heading, &title);
    }

    /// Lines that only one side has; nothing when there are none.
    fn lost_and_gained(&mut self, id: &str, old: Vec<String>, new: Vec<String>) {
        let (had, has): (BTreeSet<_>, BTreeSet<_>) = (old.iter().collect(), new.iter().collect());
        if had == has {
            return;
        }
        self.section(id);
        for line in old.iter().filter(|line| !has.contains(line)) {
            self.page.item(2, "-", line);
        }
        for line in new.iter().filter(|line| !had.contains(line)) {
            self.page.item(2, "+", line);
        }
    }

    /// Steps that both plans have: the old and the new one.
    fn common(&self) -> Vec<(&'p Step, &'p Step)> {
        let new = self.new.plan.steps.iter();
        new.filter_map(|step| Some((self.old.plan.step(step.id.as_str())?, step))).collect()
    }

    fn made_from(&mut self) {
        let about = |side: &Side<'_>| {
            let plan = side.plan;
            let guide = [("build", plan.guide.build.as_str().into())];
            let mut lines = vec![
                side.phrases.heading(),
                format!("{} ({})", self.words.say("difference-guide", &guide), plan.guide.hash),
                format!(
                    "{} ({})",
                    self.words.say("difference-catalogue", &[]),
                    plan.catalogue.hash
                ),
            ];
            lines.extend(plan.topology.nodes.iter().map(|(name, server)| {
                let ctsup_core::plan::Server { address, fqdn, port, user, .. } = server;
                format!("{name}: {fqdn}, {user}@{address}:{port}, {}", server.r#become)
            }));
            lines
        };
        let (old, new) = (about(&self.old), about(&self.new));
        self.lost_and_gained("difference-made-from", old, new);
    }
}

//! Plans from a string and walks the steps, without a file, a network or a terminal library.

use std::io::{self, Write};

use ctsup_core::{Catalogue, Goal, Outcome, Request, plan};

/// The smallest installation; a program would take it from its own database or form.
const TOPOLOGY: &str = include_str!("../../single.toml");

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    walk(TOPOLOGY, &mut out)
}

/// Writes what to do, in order, with what each step waits for.
fn walk(topology: &str, out: &mut impl Write) -> io::Result<()> {
    let outcome = plan(&Request {
        topology,
        facts: None,
        image_lists: &Default::default(),
        catalogue: Catalogue::built_in(),
        goal: Goal::Upgrade,
    });
    let planned = match &outcome {
        Outcome::Ready(planned) => planned,
        Outcome::NothingToDo(_) => return writeln!(out, "nothing to do"),
        Outcome::Stopped(found) => {
            for diagnostic in found {
                writeln!(out, "{}: {:?}", diagnostic.code, diagnostic.args)?;
            }
            return Ok(());
        }
    };
    for step in &planned.plan.steps {
        let place = step.node.as_ref().map_or("a person", |node| node.as_str());
        writeln!(out, "{} ({place})", step.id)?;
        for after in &step.after {
            writeln!(out, "    after {}", after.step)?;
        }
        for command in &step.commands {
            writeln!(out, "    {command}")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walked(topology: &str) -> String {
        let mut out = Vec::new();
        walk(topology, &mut out).expect("memory takes everything");
        String::from_utf8(out).expect("plans are text")
    }

    #[test]
    fn the_steps_come_in_order() {
        let text = walked(TOPOLOGY);
        let at = |id: &str| text.find(&format!("{id} (")).unwrap_or_else(|| panic!("{id}"));
        assert!(at("cts/express/stop") < at("cts/express/back-up"));
        assert!(at("cts/express/back-up") < at("cts/express/deploy"));
    }

    #[test]
    fn mistakes_come_back_as_data() {
        assert!(walked("format = 1").starts_with("missing-key"));
    }
}

//! The lines below `Location Constraints:`.

use super::{Constraints, LocationConstraint, Score};
use crate::reader::{Note, Reason};

/// Reads the section line by line, whichever generation printed it.
#[derive(Default)]
pub(super) struct Section {
    pub(super) read: Constraints,
    /// The resource that the lines below `Resource:` are about, and whether it is a pattern.
    resource: Option<(String, bool)>,
    /// Below `Avoids:` scores are printed without their sign.
    avoids: bool,
}

impl Section {
    pub(super) fn read_line(&mut self, line: usize, text: &str) {
        if let Some(constraint) = self.constraint(line, text) {
            self.read.locations.push(constraint);
        } else if !self.is_heading(text) && !self.is_detail(text) {
            self.read.notes.push(Note { line, reason: Reason::Unrecognised });
        }
    }

    fn is_heading(&mut self, text: &str) -> bool {
        let names = [("Resource: ", false), ("Resource pattern: ", true)];
        if let Some((name, is_pattern)) = names
            .iter()
            .find_map(|(title, is_pattern)| Some((text.strip_prefix(title)?, *is_pattern)))
        {
            self.resource = Some((name.to_owned(), is_pattern));
            return true;
        }
        self.avoids = text == "Avoids:";
        matches!(
            text,
            "Enabled on:" | "Disabled on:" | "Prefers:" | "Avoids:" | "Rules:" | "Lifetime:"
        )
    }

    /// What stands below a constraint; of it only a rule's score matters here.
    fn is_detail(&mut self, text: &str) -> bool {
        const DETAILS: [&str; 6] = [
            "Rule",
            "Expression:",
            "Date Spec:",
            "Duration:",
            "resource-discovery=",
            "node-attribute=",
        ];
        if text.starts_with("Rule")
            && let Some(last) = self.read.locations.last_mut()
            && last.node.is_none()
        {
            let score = text.split_whitespace().find_map(|word| word.strip_prefix("score="));
            last.score = last.score.or(score.and_then(Score::read));
        }
        DETAILS.iter().any(|detail| text.starts_with(detail))
    }

    fn constraint(&self, line: usize, text: &str) -> Option<LocationConstraint> {
        self.sentence(line, text).or_else(|| self.below_resource(line, text))
    }

    /// `Started resource 'x' prefers node 'y' with score INFINITY (id: z)` of pcs 0.11.6.
    fn sentence(&self, line: usize, text: &str) -> Option<LocationConstraint> {
        let (before, rest) = text.split_once('\'')?;
        let (resource, rest) = rest.split_once('\'')?;
        let words: Vec<&str> = before.split_whitespace().collect();
        let (role, is_pattern) = match words[..] {
            ["resource"] => (None, false),
            ["resource", "pattern"] => (None, true),
            [role, "resource"] => (Some(role), false),
            [role, "resource", "pattern"] => (Some(role), true),
            _ => return None,
        };
        let (said, negative) = match (rest.split_once(" prefers "), rest.split_once(" avoids ")) {
            (Some((_, said)), _) => (Some(said), false),
            (None, Some((_, said))) => (Some(said), true),
            (None, None) => (None, false),
        };
        let (node, score) = match said {
            Some(said) => {
                let (node, score) = node_with_score(said, negative)?;
                (Some(node), Some(score))
            }
            None => (None, None),
        };
        Some(LocationConstraint {
            id: bracketed(rest, "id"),
            resource: resource.to_owned(),
            is_pattern,
            node,
            score,
            role: role.map(str::to_owned),
            line,
        })
    }

    /// The forms in which the resource stands on a line of its own above.
    fn below_resource(&self, line: usize, text: &str) -> Option<LocationConstraint> {
        let (resource, is_pattern) = self.resource.clone()?;
        let constraint = |id, node, score, role| LocationConstraint {
            id,
            resource,
            is_pattern,
            node,
            score,
            role,
            line,
        };
        let ruled = text
            .strip_prefix("Constraint: ")
            .or_else(|| text.strip_prefix("Constraint (expired): "));
        if let Some(id) = ruled {
            let id = id.split_whitespace().next().map(str::to_owned);
            return Some(constraint(id, None, None, None));
        }
        if text == "Constraint:" {
            return Some(constraint(None, None, None, None));
        }
        let id = bracketed(text, "id");
        if text.starts_with("node '") {
            let (node, score) = node_with_score(text, self.avoids)?;
            return Some(constraint(id, Some(node), Some(score), None));
        }
        let said = ["Enabled on: ", "Disabled on: ", "Node: "]
            .iter()
            .find_map(|title| text.strip_prefix(title))?;
        let node = said.split_whitespace().next()?.to_owned();
        let score = Score::read(&bracketed(text, "score")?)?;
        Some(constraint(id, Some(node), Some(score), bracketed(text, "role")))
    }
}

/// Node and score of `node 'y' with score 100`.
fn node_with_score(text: &str, negative: bool) -> Option<(String, Score)> {
    let (node, rest) = text.strip_prefix("node '")?.split_once('\'')?;
    let score = rest.trim_start().strip_prefix("with score ")?;
    let score = Score::read(score.split_whitespace().next()?)?;
    Some((node.to_owned(), if negative { score.negated() } else { score }))
}

/// The value of `(key:value)`, with or without a blank after the colon.
fn bracketed(text: &str, key: &str) -> Option<String> {
    let mut groups = text.split('(').skip(1);
    let value = groups.find_map(|group| group.strip_prefix(key)?.strip_prefix(':'))?;
    Some(value.split(')').next()?.trim().to_owned())
}

//! Facts, claims and conditions in words.

use ctsup_core::plan::Plan;
use ctsup_core::{Atom, Claim, ClaimKey, Condition, Origin, Test};

use super::Phrases;
use crate::words::Arg;

impl Phrases<'_> {
    /// What is claimed of which fact.
    pub(crate) fn claim(&self, claim: &Claim) -> String {
        match parts(&claim.fact) {
            ("choice", key) => self.choice(key, &claim.value),
            (name, of) => self.fact(name, of, claim.test, &claim.value),
        }
    }

    fn choice(&self, key: &str, value: &str) -> String {
        match (parts(key), value) {
            // What nobody can know before the switch is recorded as a choice.
            (("release", stack), _) if !stack.is_empty() => {
                self.fact("release", stack, Test::Is, value)
            }
            (_, "unsaid") => self.words.say("claim-unsaid", &[("key", key.into())]),
            _ => {
                let args = [("key", key.into()), ("value", value.into())];
                self.words.say("claim-choice", &args)
            }
        }
    }

    fn fact(&self, name: &str, of: &str, test: Test, value: &str) -> String {
        let id = format!("fact-{name}");
        let of = [("of", self.name(of).into())];
        // Of what is true or not, and of a list that is empty, there is a sentence of its own.
        let holds = (value == "true") == (test == Test::Is);
        match value {
            "true" | "false" if holds => return self.words.say(&id, &of),
            "true" | "false" => return self.words.say(&format!("{id}.not"), &of),
            "[]" if test == Test::Is && self.words.has(&format!("{id}.none")) => {
                return self.words.say(&format!("{id}.none"), &of);
            }
            _ => {}
        }
        let test = match test {
            Test::Is => "test-is",
            Test::IsNot => "test-is-not",
            Test::Below => "test-below",
            Test::AtMost => "test-at-most",
            Test::Above => "test-above",
            Test::AtLeast => "test-at-least",
        };
        let value = self.words.say(test, &[("value", self.value(name, value).into())]);
        let fact = self.words.say(&id, &of);
        self.words.say("claim", &[("fact", fact.into()), ("value", value.into())])
    }

    /// The claim of a plan by its name; a name that the plan does not have stays as it is.
    pub(crate) fn claim_by(&self, plan: &Plan, key: &ClaimKey) -> String {
        match plan.claims.iter().find(|claim| claim.key() == *key) {
            Some(claim) => self.claim(claim),
            None => key.to_string(),
        }
    }

    fn value(&self, name: &str, value: &str) -> String {
        let size = matches!(
            name,
            "free-images"
                | "volumes"
                | "free-backup"
                | "free-volumes"
                | "postgres-size"
                | "postgres-free"
        );
        match value {
            "unknown" => self.words.say("value-unknown", &[]),
            _ if size => value.parse().map_or_else(|_| value.to_owned(), bytes),
            _ => value.strip_prefix('[').and_then(|v| v.strip_suffix(']')).unwrap_or(value).into(),
        }
    }

    /// Where a claim's fact came from.
    pub(crate) fn origin(&self, origin: Origin) -> String {
        let name = match origin {
            Origin::Assumed => "assumed",
            Origin::Declared => "declared",
            Origin::Observed => "observed",
        };
        self.words.say(&format!("origin-{name}"), &[])
    }

    /// A condition as a fragment of a sentence.
    pub(crate) fn condition(&self, condition: &Condition) -> String {
        let id = format!("atom-{}", condition.atom.name());
        let args = self.about(&condition.atom);
        if condition.holds {
            self.words.say(&id, &args)
        } else {
            self.words.say(&format!("{id}.not"), &args)
        }
    }

    /// A proposition that holds.
    pub(crate) fn atom(&self, atom: &Atom) -> String {
        self.words.say(&format!("atom-{}", atom.name()), &self.about(atom))
    }

    /// A debt that is paid.
    pub(crate) fn paid(&self, debt: &Atom) -> String {
        self.words.say(&format!("atom-{}.paid", debt.name()), &self.about(debt))
    }

    /// What a proposition is about, under each name that a message may call it by.
    fn about(&self, atom: &Atom) -> Vec<(&'static str, Arg)> {
        let text = atom.to_string();
        let (_, of) = parts(&text);
        let (node, app) = of.split_once('/').unwrap_or((of, ""));
        let app =
            if app.is_empty() { String::new() } else { self.words.say(&format!("app-{app}"), &[]) };
        vec![
            ("node", Arg::Text(node.to_owned())),
            ("name", Arg::Text(of.to_owned())),
            ("app", app.into()),
            ("cluster", self.name(of).into()),
            ("data", self.name(of).into()),
        ]
    }
}

/// `name(of)` in its two parts.
fn parts(text: &str) -> (&str, &str) {
    match text.split_once('(') {
        Some((name, rest)) => (name, rest.strip_suffix(')').unwrap_or(rest)),
        None => (text, ""),
    }
}

/// Bytes in the largest unit that keeps the number whole; otherwise one digit behind the point.
pub(super) fn bytes(bytes: u64) -> String {
    const UNITS: [(&str, u64); 3] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
    for (name, unit) in UNITS {
        if bytes >= unit {
            let tenths = bytes.saturating_mul(10).div_ceil(unit);
            return match tenths % 10 {
                0 => format!("{} {name}", tenths / 10),
                rest => format!("{}.{rest} {name}", tenths / 10),
            };
        }
    }
    format!("{bytes} B")
}

#[cfg(test)]
mod tests {
    #[test]
    fn sizes_are_read_at_a_glance() {
        assert_eq!(super::bytes(64_424_509_440), "60 GiB");
        assert_eq!(super::bytes(1_610_612_736), "1.5 GiB");
        assert_eq!(super::bytes(512), "512 B");
    }
}

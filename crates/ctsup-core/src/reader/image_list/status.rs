//! The STATUS column of `docker ps`, and the durations that frame it.

/// What docker says of a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// `Up 5 minutes`, with what the container's health check says.
    Up {
        /// Its health check.
        health: Health,
        /// Frozen by `docker pause`: it runs and answers nobody.
        paused: bool,
    },
    /// `Exited (0) 2 minutes ago`.
    Exited {
        /// The exit code.
        code: i32,
    },
    /// `Restarting (1) 22 seconds ago`: it does not stay up.
    Restarting {
        /// The last exit code.
        code: i32,
    },
    /// Made and never started.
    Created,
    /// Could not be removed; docker has given up on it.
    Dead,
    /// `Removal In Progress`.
    Removing,
}

/// What a container's health check says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// The container reports none.
    None,
    /// Not decided yet.
    Starting,
    /// Passes.
    Healthy,
    /// Fails.
    Unhealthy,
}

impl Status {
    /// The status that the whole text is.
    pub(super) fn read(text: &str) -> Option<Self> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let (status, taken) = take_status(&words)?;
        (taken == words.len()).then_some(status)
    }
}

/// The status at the beginning of `words`, and how many of them it is.
pub(super) fn take_status(words: &[&str]) -> Option<(Status, usize)> {
    let after = |word: &str| words.first().is_some_and(|first| *first == word);
    if after("Up") {
        let mut taken = 1 + take_duration(words.get(1..)?)?;
        let mut health = Health::None;
        let mut paused = false;
        match words.get(taken..).unwrap_or_default() {
            ["(healthy)", ..] => (health, taken) = (Health::Healthy, taken + 1),
            ["(unhealthy)", ..] => (health, taken) = (Health::Unhealthy, taken + 1),
            ["(health:", "starting)", ..] => (health, taken) = (Health::Starting, taken + 2),
            ["(Paused)", ..] => (paused, taken) = (true, taken + 1),
            _ => {}
        }
        return Some((Status::Up { health, paused }, taken));
    }
    if after("Exited") || after("Restarting") {
        let code = words.get(1)?.strip_prefix('(')?.strip_suffix(')')?;
        let code = code.parse().ok()?;
        let taken = 2 + take_age(words.get(2..)?)?;
        let status = match words.first() {
            Some(&"Exited") => Status::Exited { code },
            _ => Status::Restarting { code },
        };
        return Some((status, taken));
    }
    match words {
        ["Created", ..] => Some((Status::Created, 1)),
        ["Dead", ..] => Some((Status::Dead, 1)),
        ["Removal", "In", "Progress", ..] => Some((Status::Removing, 3)),
        _ => None,
    }
}

/// How many words a duration with `ago` takes at the beginning of `words`.
pub(super) fn take_age(words: &[&str]) -> Option<usize> {
    let taken = take_duration(words)?;
    (words.get(taken) == Some(&"ago")).then_some(taken + 1)
}

/// Docker counts time in words: `Less than a second`, `About an hour`, `2 minutes`.
fn take_duration(words: &[&str]) -> Option<usize> {
    const UNITS: [&str; 7] = ["second", "minute", "hour", "day", "week", "month", "year"];
    match words {
        ["Less", "than", "a" | "1", "second", ..] => Some(4),
        ["About", "a", "minute", ..] | ["About", "an", "hour", ..] => Some(3),
        [count, unit, ..] => {
            let unit = unit.strip_suffix('s').unwrap_or(unit);
            let counts = !count.is_empty() && count.bytes().all(|b| b.is_ascii_digit());
            (counts && UNITS.contains(&unit)).then_some(2)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn up(health: Health, paused: bool) -> Option<Status> {
        Some(Status::Up { health, paused })
    }

    #[test]
    fn every_word_that_docker_has() {
        for (text, status) in [
            ("Up 8 minutes", up(Health::None, false)),
            ("Up Less than a second", up(Health::None, false)),
            ("Up About a minute (healthy)", up(Health::Healthy, false)),
            ("Up About an hour (unhealthy)", up(Health::Unhealthy, false)),
            ("Up 1 second (health: starting)", up(Health::Starting, false)),
            ("Up 3 weeks (Paused)", up(Health::None, true)),
            ("Exited (137) 18 hours ago", Some(Status::Exited { code: 137 })),
            ("Exited (-1) 2 days ago", Some(Status::Exited { code: -1 })),
            ("Restarting (1) 22 seconds ago", Some(Status::Restarting { code: 1 })),
            ("Created", Some(Status::Created)),
            ("Dead", Some(Status::Dead)),
            ("Removal In Progress", Some(Status::Removing)),
        ] {
            assert_eq!(Status::read(text), status, "{text}");
        }
    }

    #[test]
    fn a_cut_status_is_none() {
        for text in [
            "",
            "Up",
            "Up 8",
            "Up 8 min",
            "Up 16 minutes (heal",
            "Exited",
            "Exited (1",
            "Exited (0) 2 minutes",
            "Restarting (x) 2 minutes ago",
            "Removal In",
            "up 8 minutes",
        ] {
            assert_eq!(Status::read(text), None, "{text}");
        }
    }
}

//! Which service of a compose project a container is, told from the container's name.

use super::image::is_hex_id;

/// The service behind a container's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// The service as settings and `dpl` call it: `messaging`.
    pub name: String,
    /// How the name told it.
    pub naming: Naming,
}

/// The forms of a container's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// `cts_messaging_1`: docker-compose 1.
    ComposeV1,
    /// `cts-messaging-1`: docker compose 2.
    ComposeV2,
    /// A `container_name` of the compose file, with or without the project in front: no number.
    Custom,
    /// `cts_postgres_run_…`: left by `dpl --dc run`, not the service itself.
    OneOff,
    /// `3f2a9c1b4d5e_cts_messaging_1`: renamed while compose was replacing it, and left behind.
    Replaced,
}

/// The service that the container `name` belongs to in the compose project `project` (`cts`, `voex`).
///
/// Nothing when the name numbers a container of another project.
pub fn service_of(name: &str, project: &str) -> Option<Service> {
    if let Some((id, rest)) = name.split_once('_')
        && is_hex_id(id)
        && let Some(service) = service_of(rest, project)
    {
        let naming = Naming::Replaced;
        return Some(Service { naming, ..service });
    }
    for (separator, naming) in FORMS {
        let after = name.strip_prefix(project);
        if let Some(rest) = after.and_then(|rest| rest.strip_prefix(separator)) {
            return named(numbered(rest, separator, naming).or_else(|| custom(rest))?);
        }
    }
    named(custom(name)?)
}

const FORMS: [(char, Naming); 2] = [('_', Naming::ComposeV1), ('-', Naming::ComposeV2)];

/// A name without a number. With one it would be that of another project: `express-voice_janus_1`
/// begins like a container of `express` and is none.
fn custom(name: &str) -> Option<(&str, Naming)> {
    let foreign = FORMS.iter().any(|(separator, naming)| {
        numbered(name, *separator, *naming).is_some_and(|(left, _)| left.contains(*separator))
    });
    (!foreign).then_some((name, Naming::Custom))
}

fn named((name, naming): (&str, Naming)) -> Option<Service> {
    let name = name.to_owned();
    (!name.is_empty()).then_some(Service { name, naming })
}

/// Service and form of `messaging_1`, `messaging_1_3f2a9c1b4d5e`, `postgres_run_1`.
fn numbered(rest: &str, separator: char, naming: Naming) -> Option<(&str, Naming)> {
    let (left, last) = rest.rsplit_once(separator)?;
    let run = ["_run", "-run"].iter().find_map(|run| left.strip_suffix(run));
    if let Some(service) = run {
        return Some((service, Naming::OneOff));
    }
    if is_number(last) {
        return Some((left, naming));
    }
    // docker-compose 1.23 appended a random id to the number.
    let (service, number) = left.rsplit_once(separator)?;
    let slug = last.len() >= 8 && last.bytes().all(|b| b.is_ascii_hexdigit());
    (slug && is_number(number)).then_some((service, naming))
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(name: &str, project: &str) -> Option<(String, Naming)> {
        service_of(name, project).map(|service| (service.name, service.naming))
    }

    #[test]
    fn names_of_both_compose_generations() {
        for (name, project, service, naming) in [
            ("cts_messaging_1", "cts", "messaging", Naming::ComposeV1),
            ("cts_ad_integration_12", "cts", "ad_integration", Naming::ComposeV1),
            ("cts_nginx_1_3f2a9c1b4d5e", "cts", "nginx", Naming::ComposeV1),
            ("cts-messaging-1", "cts", "messaging", Naming::ComposeV2),
            ("cts-ad_integration-1", "cts", "ad_integration", Naming::ComposeV2),
            ("express-voice_janus_1", "express-voice", "janus", Naming::ComposeV1),
            ("cts_messaging", "cts", "messaging", Naming::Custom),
            ("cadvisor", "cts", "cadvisor", Naming::Custom),
            ("node_exporter", "cts", "node_exporter", Naming::Custom),
            ("cts_postgres_run_1", "cts", "postgres", Naming::OneOff),
            ("cts-postgres-run-8a1b2c3d4e5f", "cts", "postgres", Naming::OneOff),
            ("3f2a9c1b4d5e_cts_messaging_1", "cts", "messaging", Naming::Replaced),
        ] {
            assert_eq!(told(name, project), Some((service.to_owned(), naming)), "{name}");
        }
    }

    #[test]
    fn other_projects_and_bare_prefixes_are_none() {
        assert_eq!(told("voex_janus_1", "cts"), None);
        assert_eq!(told("express-voice_janus_1", "express"), None);
        assert_eq!(told("monitoring-grafana-1", "cts"), None);
        assert_eq!(told("cts_", "cts"), None);
        assert_eq!(told("", "cts"), None);
    }
}

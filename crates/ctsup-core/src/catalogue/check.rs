//! What a catalogue says, held to the same rules as a topology: its values reach commands, too.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Catalogue;
use crate::diagnostic::{Code, Diagnostic, Input, Label};
use crate::name::is_name;
use crate::topology::{is_line, is_path, is_relative_path, is_word, nearest, syntax_error};

fn label(path: &str, range: Option<Range<usize>>) -> Label {
    Label { input: Input::Catalogue, path: path.to_owned(), range }
}

/// The text as TOML, with the place of every value.
pub(super) fn table(text: &str) -> Result<Spanned<DeTable<'_>>, Vec<Diagnostic>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    match errors.first() {
        None => format(table),
        Some(error) => {
            let range = error.span().unwrap_or(0..0);
            Err(vec![syntax_error(text, error.message(), range, Input::Catalogue)])
        }
    }
}

/// The version first: a catalogue of another format has fields that this program cannot know.
fn format(table: Spanned<DeTable<'_>>) -> Result<Spanned<DeTable<'_>>, Vec<Diagnostic>> {
    let value = table.get_ref().iter().find(|(name, _)| name.get_ref() == "format");
    if let Some((_, value)) = value
        && let DeValue::Integer(number) = value.get_ref()
        && number.as_str() != "1"
    {
        let found = Diagnostic::new(Code::UnknownFormat).arg("least", 1).arg("most", 1);
        let found = found.arg("key", "format").arg("value", number.as_str());
        return Err(vec![found.at(label("format", Some(value.span())))]);
    }
    Ok(table)
}

/// The first mistake of shape, from what serde says of it.
pub(super) fn shape(text: &str, error: &toml::de::Error) -> Diagnostic {
    let message = error.message();
    let range = error.span().map(|range| range.start.min(text.len())..range.end.min(text.len()));
    let quoted = |text: &str| -> Vec<String> {
        text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
    };
    let mut names = quoted(message).into_iter();
    let first = names.next().unwrap_or_default();
    if message.starts_with("unknown field") {
        let known: Vec<_> = names.collect();
        let mut found =
            Diagnostic::new(Code::UnknownKey).arg("key", &first).arg("choices", known.join(", "));
        if let (Some(near), Some(range)) =
            (nearest(&first, known.iter().map(String::as_str)), range.clone())
        {
            found = found.arg("near", near).fix(range, near);
        }
        return found.at(label(&first, range));
    }
    if message.starts_with("missing field") {
        // The whole of a table is no place to look at: its first line is.
        let range = range.map(|r| r.start..r.start.saturating_add(1).min(r.end));
        return Diagnostic::new(Code::MissingKey).arg("key", &first).at(label(&first, range));
    }
    Diagnostic::new(Code::CatalogueValue).at(label("", range))
}

/// All values that no command, no plan and no reckoning may have.
pub(super) fn values(catalogue: &Catalogue, table: &DeTable<'_>) -> Vec<Diagnostic> {
    let mut check = Check { table, found: Vec::new() };
    check.paths(catalogue);
    check.names(catalogue);
    check.texts(catalogue);
    check.numbers(catalogue);
    for (code, duration) in &catalogue.durations {
        if duration.min_s > duration.max_s || duration.max_s > duration.limit_s {
            let found = Diagnostic::new(Code::DurationOrder)
                .arg("value", code)
                .arg("min", duration.min_s)
                .arg("max", duration.max_s)
                .arg("limit", duration.limit_s);
            check.say(&format!("durations.{code}"), found);
        }
    }
    check.found
}

struct Check<'t> {
    table: &'t DeTable<'t>,
    found: Vec<Diagnostic>,
}

impl Check<'_> {
    fn say(&mut self, path: &str, found: Diagnostic) {
        let range = span(self.table, path);
        self.found.push(found.arg("key", path).at(label(path, range)));
    }

    fn hold(&mut self, path: &str, value: &str, right: bool, code: Code) {
        if !right {
            self.say(path, Diagnostic::new(code).arg("value", value));
        }
    }

    fn paths(&mut self, catalogue: &Catalogue) {
        let paths = &catalogue.paths;
        for (path, value) in [
            ("paths.express", &paths.express),
            ("paths.voex", &paths.voex),
            ("paths.certificates", &paths.certificates),
            ("paths.cluster_files", &paths.cluster_files),
            ("paths.cluster_data", &paths.cluster_data),
            ("paths.image_scratch", &paths.image_scratch),
            ("paths.load_script", &paths.load_script),
            ("paths.web_playbooks", &paths.web_playbooks),
            ("paths.kept", &paths.kept),
        ] {
            self.hold(path, value, is_path(value), Code::NotAPath);
        }
        let store = &paths.letsencrypt;
        self.hold("paths.letsencrypt", store, is_relative_path(store), Code::NotAPath);
    }

    fn names(&mut self, catalogue: &Catalogue) {
        let Catalogue { clusters, services, volumes, logs, .. } = catalogue;
        let lists = [
            ("clusters.back.on_both", &clusters.back.on_both),
            ("clusters.back.on_one", &clusters.back.on_one),
            ("clusters.front.on_both", &clusters.front.on_both),
            ("clusters.front.on_one", &clusters.front.on_one),
            ("services.back", &services.back),
            ("services.front", &services.front),
            ("services.others", &services.others),
            ("volumes.owned", &volumes.owned),
            ("logs.except", &logs.except),
        ];
        for (path, list) in lists {
            for name in list {
                self.hold(path, name, is_name(name), Code::NotAName);
            }
        }
        let volume = &catalogue.postgres.volume;
        self.hold("postgres.volume", volume, is_name(volume), Code::NotAName);
    }

    fn texts(&mut self, catalogue: &Catalogue) {
        let playbooks = &catalogue.playbooks;
        for (path, value) in [
            ("playbooks.all", &playbooks.all),
            ("playbooks.first", &playbooks.first),
            ("playbooks.second", &playbooks.second),
            ("playbooks.web_first", &playbooks.web_first),
            ("playbooks.web_second", &playbooks.web_second),
        ] {
            self.hold(path, value, is_word(value), Code::NotPlainText);
        }
        let postgres = &catalogue.postgres;
        for (path, value) in [
            ("postgres.upgraded_message", &postgres.upgraded_message),
            ("postgres.disabled_message", &postgres.disabled_message),
        ] {
            self.hold(path, value, is_line(value), Code::NotPlainText);
        }
        for part in &catalogue.logs.harmless {
            self.hold("logs.harmless", part, is_line(part), Code::NotPlainText);
        }
        let numbers = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let owner = &catalogue.volumes.owner;
        let pair =
            owner.split_once(':').is_some_and(|(user, group)| numbers(user) && numbers(group));
        self.hold("volumes.owner", owner, pair, Code::CatalogueValue);
        let skip = &catalogue.skip;
        let assignment = skip.split_once('=').is_some_and(|(name, value)| {
            name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')
                && !name.is_empty()
                && is_word(value)
        });
        self.hold("skip", skip, assignment, Code::CatalogueValue);
    }

    fn numbers(&mut self, catalogue: &Catalogue) {
        let ports = &catalogue.ports;
        for port in &ports.front_to_back {
            self.least_one("ports.front_to_back", (*port).into(), u16::MAX.into());
        }
        self.least_one("ports.database", ports.database.into(), u16::MAX.into());
        let logs = &catalogue.logs;
        self.least_one("logs.tail", logs.tail.into(), u16::MAX.into());
        self.least_one("logs.tail_ha", logs.tail_ha.into(), u16::MAX.into());
        self.least_one("logs.quiet_s", logs.quiet_s, u32::MAX);
        self.least_one("limits.cleanup_tries", catalogue.limits.cleanup_tries.into(), 255);
    }

    fn least_one(&mut self, path: &str, value: u32, most: u32) {
        if value == 0 {
            let found = Diagnostic::new(Code::OutOfRange).arg("value", value);
            self.say(path, found.arg("least", 1).arg("most", most));
        }
    }
}

/// Where the value of a key stands.
fn span(table: &DeTable<'_>, path: &str) -> Option<Range<usize>> {
    let (first, rest) = path.split_once('.').map_or((path, None), |(a, b)| (a, Some(b)));
    let (_, value) = table.iter().find(|(name, _)| name.get_ref() == first)?;
    match (value.get_ref(), rest) {
        (DeValue::Table(below), Some(rest)) => span(below, rest),
        _ => Some(value.span()),
    }
}

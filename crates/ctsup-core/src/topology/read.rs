//! Reads a TOML text against the table of keys: every mistake of shape at once, each with its place.
//!
//! What the values mean together is not judged here; `check` does that.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::key::{self, Kind, Need};
use super::near::{nearest, resembles};
use super::syntax;
use crate::diagnostic::{Code, Diagnostic, Input, Label};
use crate::name::is_name;

mod document;
mod text;

pub(crate) use self::document::{Document, Value};
pub(crate) use self::text::parse_size;
use self::text::parse_text;

/// Reads a text; `root` is the path at which its keys stand (`facts` for a facts file).
pub(crate) fn read(text: &str, input: Input, root: &[&str]) -> (Document, Vec<Diagnostic>) {
    let mut reader = Reader {
        document: Document { input: Some(input), ..Document::default() },
        found: Vec::new(),
        input,
        text,
    };
    let (table, errors) = DeTable::parse_recoverable(text);
    if let Some(error) = errors.first() {
        // Later errors of a broken text are mostly echoes of the first.
        let range = error.span().unwrap_or(0..0);
        reader.found.push(syntax::error(text, error.message(), range, input));
        return (reader.document, reader.found);
    }
    let span = table.span();
    let mut path = root.to_vec();
    if input == Input::Facts && reader.is_a_topology(table.get_ref()) {
        return (reader.document, reader.found);
    }
    reader.table(&mut path, table.get_ref(), span);
    reader.headers();
    (reader.document, reader.found)
}

struct Reader<'t> {
    document: Document,
    found: Vec<Diagnostic>,
    input: Input,
    text: &'t str,
}

impl Reader<'_> {
    fn label(&self, path: &[&str], range: Range<usize>) -> Label {
        Label { input: self.input, path: path.join("."), range: Some(range) }
    }

    fn table<'a>(&mut self, path: &mut Vec<&'a str>, table: &'a DeTable<'_>, span: Range<usize>) {
        self.document.tables.insert(path.join("."), span.clone());
        let before = self.found.len();
        for (name, value) in table {
            let text: &str = name.get_ref();
            if self.input == Input::Facts
                && *path == ["facts"]
                && text == "facts"
                && let DeValue::Table(below) = value.get_ref()
            {
                self.facts_in_facts(name.span());
                self.table(path, below, value.span());
                continue;
            }
            path.push(text);
            self.document.names.insert(path.join("."), name.span());
            if key::key_of(path).is_none() {
                self.unknown_key(path, name.span());
            } else if key::names_are_free(&path[..path.len() - 1]) && !is_name(text) {
                let label = self.label(path, name.span());
                self.found.push(Diagnostic::new(Code::NotAName).arg("value", text).at(label));
            } else {
                self.entry(path, name.span(), value);
            }
            path.pop();
        }
        let missing: Vec<_> = key::children(path)
            .filter(|key| key.need == Need::Always && !key.path.ends_with(".*"))
            .filter_map(|key| key.path.rsplit('.').next())
            .filter(|last| !table.keys().any(|name| name.get_ref() == last))
            .collect();
        self.the_one_missing(path, before, &missing);
        // A misspelt key was reported with the name that it should have.
        let depth = path.len() + 1;
        let meant: Vec<_> = self.found[before..]
            .iter()
            .filter(|d| d.code == Code::UnknownKey && d.labels[0].path.split('.').count() == depth)
            .filter_map(|d| d.args.get("near").cloned())
            .collect();
        let missing: Vec<_> =
            missing.into_iter().filter(|last| !meant.iter().any(|near| near == last)).collect();
        for last in missing {
            // The whole of a table is no place to look at: its first line is.
            let at = span.start..span.start.saturating_add(1).min(span.end);
            path.push(last);
            let label = self.label(path, at);
            let mut found = Diagnostic::new(Code::MissingKey).arg("key", path.join(".")).at(label);
            if let Some(Kind::OneOf(choices)) = key::key_of(path).map(|key| key.kind) {
                found = found.arg("choices", choices.join(", "));
            }
            self.found.push(found);
            path.pop();
        }
    }

    fn unknown_key(&mut self, path: &[&str], range: Range<usize>) {
        let (last, parent) = path.split_last().expect("a key has a last part");
        let known: Vec<_> = key::children(parent)
            .filter_map(|key| key.path.rsplit('.').next())
            .filter(|name| *name != "*")
            .collect();
        let mut found = Diagnostic::new(Code::UnknownKey)
            .arg("key", path.join("."))
            .arg("choices", known.join(", "));
        if let Some(near) = nearest(last, known.iter().copied()) {
            found = found.arg("near", near).fix(range.clone(), near);
        }
        self.found.push(found.at(self.label(path, range)));
    }

    /// One key that nobody knows where one is missing: that is the one, if it looks at all like it.
    fn the_one_missing(&mut self, path: &[&str], before: usize, missing: &[&str]) {
        let [missing] = missing else { return };
        let depth = path.len() + 1;
        let mut unknown = self.found[before..]
            .iter_mut()
            .filter(|d| d.code == Code::UnknownKey && d.labels[0].path.split('.').count() == depth);
        let (Some(found), None) = (unknown.next(), unknown.next()) else { return };
        let last = found.labels[0].path.rsplit('.').next().unwrap_or_default().to_owned();
        if let (None, Some(range)) = (found.args.get("near"), found.labels[0].range.clone())
            && resembles(&last, missing)
        {
            *found = found.clone().arg("near", missing).fix(range, *missing);
        }
    }

    /// Keys whose table's header is missing above them: one finding in place of one for each.
    fn headers(&mut self) {
        let missing: Vec<String> = self
            .found
            .iter()
            .filter(|d| d.code == Code::MissingKey)
            .map(|d| d.labels[0].path.clone())
            .collect();
        for table in missing {
            let parts: Vec<_> = table.split('.').collect();
            let below: Vec<_> = key::children(&parts).collect();
            let last = |path: &str| path.rsplit('.').next().unwrap_or_default().to_owned();
            let must: Vec<_> = below
                .iter()
                .filter(|key| key.need == Need::Always && !key.path.ends_with('*'))
                .map(|key| last(key.path))
                .collect();
            let strays = |parent: &str| -> Vec<(String, Range<usize>)> {
                let of = |d: &&Diagnostic| {
                    let path = d.labels[0].path.as_str();
                    let own = path.rsplit_once('.').map_or("", |(parent, _)| parent);
                    d.code == Code::UnknownKey
                        && own == parent
                        && below.iter().any(|key| last(key.path) == last(path))
                };
                let all = self.found.iter().filter(of);
                all.filter_map(|d| Some((d.labels[0].path.clone(), d.labels[0].range.clone()?)))
                    .collect()
            };
            let parents: std::collections::BTreeSet<String> = self
                .found
                .iter()
                .filter(|d| d.code == Code::UnknownKey)
                .map(|d| d.labels[0].path.rsplit_once('.').map_or("", |(p, _)| p).to_owned())
                .collect();
            let found = parents.iter().map(|parent| strays(parent)).find(|strays| {
                must.len() > 1
                    && must.iter().all(|name| strays.iter().any(|(path, _)| last(path) == *name))
            });
            let Some(strays) = found else { continue };
            let Some(first) = strays.iter().map(|(_, range)| range.clone()).min_by_key(|r| r.start)
            else {
                continue;
            };
            self.found.retain(|d| {
                let path = &d.labels[0].path;
                let stray = d.code == Code::UnknownKey && strays.iter().any(|(p, _)| p == path);
                !(stray || d.code == Code::MissingKey && *path == table)
            });
            let place = first.start..first.start;
            let header = format!("[{table}]");
            let label = Label { input: self.input, path: table.clone(), range: Some(first) };
            self.found.push(
                Diagnostic::new(Code::MissingHeader)
                    .arg("key", &table)
                    .arg("near", &header)
                    .fix(place, format!("{header}\n"))
                    .at(label),
            );
        }
    }

    /// In a facts file everything stands below `facts` without saying so.
    fn facts_in_facts(&mut self, range: Range<usize>) {
        let label = self.label(&["facts"], range.clone());
        let found = Diagnostic::new(Code::FactsPrefix).at(label);
        // As part of a header, `[facts.postgres]`, the dot goes with it.
        let dotted = self.text.as_bytes().get(range.end) == Some(&b'.');
        self.found.push(match dotted {
            true => found.fix(range.start..range.end + 1, ""),
            false => found,
        });
    }

    /// A topology file in the place of a facts file would give one error for each of its keys.
    fn is_a_topology(&mut self, table: &DeTable<'_>) -> bool {
        let of_topology = ["format", "site", "release", "nodes"];
        let name = table.keys().filter(|name| of_topology.contains(&name.get_ref().as_ref()));
        let spans: Vec<_> = name.map(Spanned::span).collect();
        if let [first, _, ..] = spans.as_slice() {
            let label = self.label(&[], first.clone());
            self.found.push(Diagnostic::new(Code::NotAFactsFile).at(label));
        }
        spans.len() > 1
    }

    fn entry<'a>(
        &mut self,
        path: &mut Vec<&'a str>,
        key_span: Range<usize>,
        value: &'a Spanned<DeValue<'_>>,
    ) {
        let kind = key::key_of(path).expect("looked up before").kind;
        match (kind, value.get_ref()) {
            (Kind::Table, DeValue::Table(table)) => {
                // A dotted or header table's own span starts at its header; keep the key's.
                let span = key_span.start..value.span().end.max(key_span.end);
                self.table(path, table, span);
            }
            (Kind::Tables, DeValue::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    let Some(place) = INDEXES.get(index) else {
                        break;
                    };
                    path.push(place);
                    match item.get_ref() {
                        DeValue::Table(table) => self.table(path, table, item.span()),
                        other => self.wrong_type(path, Kind::Table, other, item.span()),
                    }
                    path.pop();
                }
            }
            (kind, value_in) => {
                if let Some(read) = self.value(path, kind, value_in, value.span()) {
                    self.document.values.insert(path.join("."), (read, value.span()));
                }
            }
        }
    }

    fn wrong_type(&mut self, path: &[&str], want: Kind, have: &DeValue<'_>, range: Range<usize>) {
        let label = self.label(path, range);
        self.found.push(
            Diagnostic::new(Code::WrongType)
                .arg("key", path.join("."))
                .arg("want", kind_name(want))
                .arg("have", have.type_str())
                .at(label),
        );
    }

    fn value(
        &mut self,
        path: &[&str],
        kind: Kind,
        value: &DeValue<'_>,
        range: Range<usize>,
    ) -> Option<Value> {
        match (kind, value) {
            (Kind::Bool, DeValue::Boolean(b)) => Some(Value::Bool(*b)),
            (Kind::List(item), DeValue::Array(items)) => {
                let mut list: Vec<(Value, Range<usize>)> = Vec::new();
                for one in items {
                    let Some(read) = self.value(path, *item, one.get_ref(), one.span()) else {
                        continue;
                    };
                    if list.iter().any(|(known, _)| *known == read) {
                        let label = self.label(path, one.span());
                        self.found.push(
                            Diagnostic::new(Code::Duplicate)
                                .arg("value", one.get_ref().as_str().unwrap_or_default())
                                .at(label),
                        );
                    } else {
                        list.push((read, one.span()));
                    }
                }
                Some(Value::List(list))
            }
            (Kind::Integer(least, most), DeValue::Integer(n)) => {
                let read = i64::from_str_radix(&n.as_str().replace('_', ""), n.radix()).ok();
                match read.filter(|n| (least..=most).contains(n)) {
                    Some(n) => Some(Value::Integer(n)),
                    None => self.reject(
                        path,
                        range,
                        Diagnostic::new(if path == ["format"] {
                            Code::UnknownFormat
                        } else {
                            Code::OutOfRange
                        })
                        .arg("value", n.as_str())
                        .arg("least", least)
                        .arg("most", most),
                    ),
                }
            }
            (Kind::Size, DeValue::Integer(n)) => match n.as_str().replace('_', "").parse() {
                Ok(bytes) => {
                    self.tiny(path, bytes, &range);
                    Some(Value::Size(bytes))
                }
                Err(_) => self.reject(
                    path,
                    range,
                    Diagnostic::new(Code::NotASize).arg("value", n.as_str()),
                ),
            },
            (
                Kind::Table | Kind::Tables | Kind::Bool | Kind::List(_) | Kind::Integer(..),
                other,
            ) => {
                self.wrong_type(path, kind, other, range);
                None
            }
            // What our own list of missing facts has to be filled in: no value yet.
            (_, DeValue::String(text)) if path[0] == "facts" && text == "\u{2026}" => None,
            (kind, DeValue::String(text)) => match parse_text(kind, text) {
                Ok(value) => {
                    // Whoever writes a unit has not forgotten it.
                    let unit = text.contains(char::is_alphabetic);
                    if let (Value::Size(bytes), false) = (&value, unit) {
                        self.tiny(path, *bytes, &range);
                    }
                    Some(value)
                }
                Err(found) => {
                    let found = match found.args.get("near").cloned() {
                        // Keep the quotes around what is replaced.
                        Some(near) => found.fix(range.clone(), format!("\"{near}\"")),
                        _ => found,
                    };
                    self.reject(path, range, found)
                }
            },
            (kind, other) => {
                self.wrong_type(path, kind, other, range);
                None
            }
        }
    }

    /// Nothing that people measure here is this small: a unit was forgotten.
    fn tiny(&mut self, path: &[&str], bytes: u64, range: &Range<usize>) {
        if bytes < 1 << 20 {
            let label = self.label(path, range.clone());
            let found = Diagnostic::new(Code::TinySize).arg("value", bytes);
            self.found.push(found.arg("key", path.join(".")).at(label));
        }
    }

    fn reject(&mut self, path: &[&str], range: Range<usize>, found: Diagnostic) -> Option<Value> {
        let label = self.label(path, range);
        self.found.push(found.arg("key", path.join(".")).at(label));
        None
    }
}

/// Names of the first list places: paths are made of borrowed parts.
const INDEXES: [&str; 32] = [
    "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16",
    "17", "18", "19", "20", "21", "22", "23", "24", "25", "26", "27", "28", "29", "30", "31",
];

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Table => "table",
        Kind::Tables => "tables",
        Kind::Bool => "boolean",
        Kind::Integer(..) => "integer",
        Kind::List(_) => "array",
        Kind::Size => "size",
        _ => "string",
    }
}

#[cfg(test)]
mod tests {
    use crate::catalogue::Catalogue;
    use crate::diagnostic::Code;
    use crate::plan::Goal;
    use crate::planner::{Request, plan};

    #[test]
    fn a_small_size_with_its_unit_is_no_slip() {
        let text = include_str!("../../../../examples/single.toml");
        for (size, slip) in
            [("30", true), ("\"30\"", true), ("\"0 B\"", false), ("\"110592 B\"", false)]
        {
            let facts = format!("data.cts.volumes = {size}\n");
            let topology: String = text
                .lines()
                .filter(|l| !l.starts_with("volumes"))
                .fold(String::new(), |all, line| all + line + "\n");
            let found = plan(&Request {
                topology: &topology,
                facts: Some(&facts),
                image_lists: &Default::default(),
                catalogue: Catalogue::built_in(),
                goal: Goal::Upgrade,
            });
            let tiny = found.diagnostics().iter().any(|found| found.code == Code::TinySize);
            assert_eq!(tiny, slip, "{size}");
        }
    }
}

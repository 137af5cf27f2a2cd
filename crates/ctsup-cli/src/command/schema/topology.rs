//! The schema of a topology file, made from core's table of keys; the descriptions are the words
//! of the language asked for.
//!
//! It says what a value looks like. What the values mean together only `ctsup check` knows.

use ctsup_core::ClusterName;
use ctsup_core::topology::key::{self, Key, Kind, Need};
use ctsup_core::topology::{Reading, Risk};
use ctsup_render::Words;
use serde_json::{Map, Value, json};

const NAME: &str = "^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$";

/// The schema.
pub(super) fn schema(words: &Words) -> Value {
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "ctsup topology",
    });
    let table = table(&[], words);
    schema.as_object_mut().expect("made as one").extend(table);
    schema
}

/// A table: what is below it.
fn table(path: &[&str], words: &Words) -> Map<String, Value> {
    let mut properties = Map::new();
    let mut named = Map::new();
    let mut required = Vec::new();
    for child in key::children(path) {
        let last = child.path.rsplit('.').next().unwrap_or_default();
        let value = described(child, words);
        if last != "*" {
            properties.insert(last.to_owned(), value);
            if child.need == Need::Always {
                required.push(Value::from(last));
            }
        } else if let Some(names) = closed_names(path) {
            for name in names {
                properties.insert(name.to_owned(), closed_value(path, name, &value));
            }
        } else {
            named.insert(NAME.to_owned(), value);
        }
    }
    let mut table = Map::new();
    table.insert("type".to_owned(), "object".into());
    table.insert("properties".to_owned(), properties.into());
    if !named.is_empty() {
        table.insert("patternProperties".to_owned(), named.into());
    }
    table.insert("additionalProperties".to_owned(), false.into());
    if !required.is_empty() {
        table.insert("required".to_owned(), required.into());
    }
    table
}

/// Names below a table that are not the file's to choose.
fn closed_names(path: &[&str]) -> Option<Vec<&'static str>> {
    match path {
        ["clusters"] | ["facts", "clusters"] => {
            Some(ClusterName::ALL.iter().map(|cluster| cluster.as_str()).collect())
        }
        ["readings"] => Some(Reading::ALL.iter().map(|reading| reading.as_str()).collect()),
        _ => None,
    }
}

fn closed_value(path: &[&str], name: &str, value: &Value) -> Value {
    let mut value = value.clone();
    if path == ["readings"]
        && let Some(reading) = Reading::parse(name)
    {
        value = json!({ "enum": reading.choices() });
    }
    value
}

/// A key's value, with what the key means.
fn described(key: &Key, words: &Words) -> Value {
    let id = format!("key-{}", key.path.replace(['.', '*'], "-"));
    let mut value = if key.path == "accept" {
        let risks: Vec<_> = Risk::ALL.iter().map(|risk| risk.as_str()).collect();
        json!({ "type": "array", "items": { "enum": risks }, "uniqueItems": true })
    } else {
        of_kind(key.kind, key.path, words)
    };
    value["description"] = words.say(&id, &[]).into();
    value
}

fn of_kind(kind: Kind, path: &str, words: &Words) -> Value {
    let below = |path: &str| {
        let parts: Vec<_> = path.split('.').collect();
        Value::from(table(&parts, words))
    };
    match kind {
        Kind::Table => below(path),
        Kind::Tables => json!({ "type": "array", "items": below(&format!("{path}.*")) }),
        Kind::Text | Kind::CommandLine => text("^[^\\u0000-\\u001F\\u007F-\\u009F]+$"),
        Kind::Word => text("^[A-Za-z0-9._:/@%+=,][A-Za-z0-9._:/@%+=,-]*$"),
        Kind::Name | Kind::Node => text(NAME),
        Kind::Fqdn => text(
            "^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+$",
        ),
        Kind::Host => text(
            "^([A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*|[0-9A-Fa-f.]*:[0-9A-Fa-f:.]+)$",
        ),
        Kind::Url => text("^https?://[A-Za-z0-9_][A-Za-z0-9_.-]*(:[0-9]{1,5})?$"),
        Kind::Path => text("^(/(?!\\.{1,2}(/|$))[A-Za-z0-9._@+-]+)+$"),
        Kind::LocalPath => text("^[^\\u0000-\\u001F\\u007F-\\u009F]+$"),
        Kind::Release => text("^[0-9]+(\\.[0-9]+){0,3}$"),
        Kind::ReleaseOrUnknown => text("^(unknown|[0-9]+(\\.[0-9]+){0,3})$"),
        Kind::Image => text("^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*:[A-Za-z0-9_][A-Za-z0-9._-]*$"),
        Kind::Size => json!({ "oneOf": [
            { "type": "integer", "minimum": 0 },
            { "type": "string", "pattern": "^ *[0-9]+ *(B|[kK]B|[MGT]B|[KMGT]iB)? *$" },
        ] }),
        Kind::Bool => json!({ "type": "boolean" }),
        Kind::Integer(least, most) => {
            json!({ "type": "integer", "minimum": least, "maximum": most })
        }
        Kind::OneOf(choices) => json!({ "enum": choices }),
        Kind::List(item) => json!({
            "type": "array", "items": of_kind(*item, path, words), "uniqueItems": true,
        }),
    }
}

fn text(pattern: &str) -> Value {
    json!({ "type": "string", "pattern": pattern })
}

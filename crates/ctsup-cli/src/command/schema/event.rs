//! The schema of a run's events, a line each: journals, and `--format json` of runs.

use ctsup_core::run::JOURNAL_FORMAT;
use serde_json::{Map, Value, json};

use super::notation::shape;

/// Every object of a record.
const SHAPES: &[(&str, &str)] = &[
    ("record", "{ at: number, event: event, prev: digest, seq: number, sum: text }"),
    (
        "event",
        "approved({ by: text, digest: text }) | attached({ by: text, generation: number }) \
         | boot({ boot: text, node: name }) | begun({ attempt: number, step: step-id }) \
         | fell({ condition: condition, seen: text, step: step-id }) \
         | started({ attempt: number, commands: [text], part: number, step: step-id }) \
         | launched({ attempt: number, boot: text, part: number, step: step-id }) \
         | not-launched({ again: flag, attempt: number, part: number, seen: text, step: step-id }) \
         | lost({ seen: text, step: step-id }) | reattached({ step: step-id }) \
         | overdue({ step: step-id }) \
         | ended({ attempt: number, code: number, part: number, size: number, step: step-id }) \
         | vanished({ attempt: number, part: number, step: step-id }) \
         | kept({ name: text, step: step-id, value: text }) \
         | probed({ seen: text, step: step-id, verdict: verdict }) \
         | done({ how: how, step: step-id }) \
         | failed({ code?: number, reason: text, seen: text, step: step-id }) \
         | asked({ question: question, seen: text, step: step-id }) \
         | answered({ answer: answer, by: text, note?: text, step: step-id }) \
         | stop-asked({ at_once: flag, by: text }) | aborting({ by: text }) \
         | left({ reason: text }) | finished",
    ),
    ("condition", "{ atom: text, holds?: flag }"),
    ("verdict", "done | not-done | unclear"),
    ("how", "ran | found | said | told"),
    ("question", "agree | repeat | judge"),
    ("answer", "done | again | no"),
];

/// The schema of one line; the first line of a journal is its header.
pub(super) fn schema() -> Value {
    let mut defs: Map<String, Value> =
        SHAPES.iter().map(|(name, notation)| ((*name).to_owned(), shape(notation))).collect();
    for name in ["text", "name", "step-id"] {
        defs.insert(name.to_owned(), json!({ "type": "string" }));
    }
    defs.insert("digest".to_owned(), json!({ "type": "string", "pattern": "^[0-9a-f]{64}$" }));
    defs.insert("number".to_owned(), json!({ "type": "integer" }));
    defs.insert("flag".to_owned(), json!({ "type": "boolean" }));
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": format!("ctsup-journal {}, a record", JOURNAL_FORMAT.version),
        "$ref": "#/$defs/record",
        "$defs": defs,
    })
}

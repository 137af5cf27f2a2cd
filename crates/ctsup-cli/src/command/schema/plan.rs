//! The schema of a plan saved as JSON, beside core's types: each line is a type there.
//!
//! It says what a plan looks like. Whether its digest is right, and what is derived agrees with
//! its actions, only reading it tells.

use ctsup_core::action::Why;
use ctsup_core::plan::{FORMAT, WarningCode};
use ctsup_core::topology::key;
use ctsup_core::{Atom, Goal, Phase};
use serde_json::{Map, Value, json};

use super::notation::shape;

/// Every object of a plan.
const SHAPES: &[(&str, &str)] = &[
    (
        "plan",
        "{ accepted?: [text], catalogue: catalogue, claims: [claim], digest: digest, \
           format: format, goal: goal, guide: guide, left_out?: [left-out], \
           point_of_no_return: point-of-no-return?, readings?: [reading], release: releases, \
           site: name, start: [atom], steps: [step], topology: servers, warnings?: [warning] }",
    ),
    ("format", "{ name: format-name, version: format-version }"),
    ("catalogue", "{ hash: digest }"),
    ("claim", "{ fact: text, origin: origin, test: test, value: text }"),
    ("origin", "assumed | declared | observed"),
    ("guide", "{ build: release, hash: digest }"),
    ("left-out", "{ because: cause, rows: [row] }"),
    ("cause", "claim(text) | already([condition])"),
    ("point-of-no-return", "{ barriers: [release], step: step-id }"),
    ("reading", "{ choose?: text, key: text, others?: [text], taken: text }"),
    ("releases", "{ installed: release, target: release }"),
    ("warning", "{ args?: {*: text}, code: warning-code, step?: step-id, until?: step-id }"),
    ("servers", "{ clusters?: {*: cluster-nodes}, nodes: {*: server}, stacks: [stack-place] }"),
    ("cluster-nodes", "{ nodes: [name], shares_volumes: flag }"),
    (
        "server",
        "{ address: text, become: become, fqdn: text, port: number, role: role, user: text }",
    ),
    ("become", "no | sudo | sudo-with-password"),
    ("stack-place", "{ data: held, dir: text, settings: held, stack: held }"),
    // Steps.
    (
        "step",
        "{ action: action, after?: [after], closes?: [atom], commands?: [text], cwd?: text, \
           id: step-id, kind: kind, leaves?: [condition], limit_s?: number, \
           needs?: [condition], node: name?, opens?: [atom], phase: phase, repeat: repeat, \
           rests_on?: [text], source: [source], takes?: takes, undo: undo, user?: text }",
    ),
    ("kind", "observe | change | wait | confirm"),
    ("repeat", "safe | probe-first | ask-first"),
    ("undo", "nothing | commands([text]) | person(why) | irreversible(why)"),
    ("after", "{ because: [because], step: step-id }"),
    (
        "because",
        "row(row) | invariant(number) | needs(condition) | keeps(condition) \
         | takes-back(condition) | site(name)",
    ),
    ("source", "site | row(row) | invariant(number) | reading(text)"),
    ("takes", "{ max_s: number, min_s: number, origin: duration-origin }"),
    ("duration-origin", "guide | ours | site"),
    // Actions.
    (
        "action",
        "dpl(dpl) | pcs(pcs) | unit(unit) | volume(volume) | settings(settings) \
         | database(database) | registry(registry) | playbook(playbook) \
         | certificate(certificate) | look(look) | wait(wait) | person(person) | site(site)",
    ),
    (
        "dpl",
        "{ clustered?: flag, data: held, dir: text, op: dpl-op, settings: held, skip?: text, \
           stack: held }",
    ),
    (
        "dpl-op",
        "fetch | start | restart-nginx | stop{ by_docker?: flag, database: flag, outdated?: flag } | exporters{ node_first: flag } \
         | deploy{ brings: brings, crosses_barrier?: flag, external_database?: flag }",
    ),
    ("brings", "new | old | same"),
    (
        "pcs",
        "move{ apps: [app], cluster: cluster, from: name, fqdn: text, home: flag, \
               leaves_constraint: flag, to: name } | clear{ cluster: cluster, scratch: text }",
    ),
    (
        "unit",
        "stop-antivirus{ node: name, units: [text] } | start-antivirus{ node: name, units: [text] }",
    ),
    (
        "volume",
        "save-list{ file: text, node: name } \
         | back-up{ beside?: [held], by: back-up, data: held, paths: [text], writers: [held] } \
         | fix-owners{ data: held, list: text, owner: text, volumes: [text] } \
         | clear-lets-encrypt{ copy: text, data: held, dir: text, node: name } \
         | set-aside{ data: held, paths: [text], serving?: name, suffix: text, writers: [held] } \
         | put-back{ data: held, from: text, paths: [text], serving?: name, settings: held }",
    ),
    (
        "back-up",
        "copy{ to: text } | command{ probe: text, run: text } | person{ snapshot: flag } \
         | accepted{ risk: text }",
    ),
    ("settings", "{ copy: text, edit: edit, file: text, node: name, place: held }"),
    (
        "edit",
        "ask-upgrade | take-upgrade-out | auto-upgrade | unpin-special(image) \
         | pin-special(image) | hold-database(image) | pin({*: image}) | unpin([text])",
    ),
    (
        "database",
        "{ data: held, dir: text, node: name, op: database-op, settings: held, skip: text }",
    ),
    (
        "database-op",
        "see-apt | start-standard | start-old | keep-version{ file?: text } \
         | see-space{ volume: text } | start-upgrade{ special: flag } \
         | wait-upgraded{ file: text, message: text, version: text } | delete-old{ names: [text] }",
    ),
    (
        "registry",
        "load{ archives: text, node: name, scratch: text, script: text } \
         | download{ node: name } | upload{ node: name, url: text } \
         | see-tags{ node: name, services: [text], url: text, user?: text } \
         | log-out{ node: name } | log-in{ node: name, registry: text, user?: text } \
         | pull{ images: [image], node: name, prefix: text } \
         | old-images{ images: [image], prefix: text, stack: held }",
    ),
    (
        "playbook",
        "run{ brings: brings, clusters: [cluster], data: [held], dir: text, listed: [name], \
              name: text, node: name, serving?: [held], settings: [held], stacks: [held] } \
         | name-image{ dir: text, image: text, node: name }",
    ),
    (
        "certificate",
        "check{ bundle: text, host: text, key: text } \
         | place{ app_dir?: text, bundle: text, bundle_name: text, dir: text, incoming: text, \
                  key: text, key_name: text, node: name, suffix: text } \
         | compare{ dir: text, files: [text], node: name } \
         | see-served{ file: text, host: text, node: name }",
    ),
    (
        "look",
        "status{ cluster: cluster, node: name } \
         | active-node{ cluster: cluster, expects: name, node: name } \
         | resources{ cluster: cluster, node: name } | files{ node: name, path: text } \
         | backup{ data: held, from: text, node: name, parts: [text] } \
         | ports{ node: name, ports: [number], target: text } \
         | web-image{ image: text, node: name } | containers{ stack: held }",
    ),
    (
        "wait",
        "gate{ cluster: cluster, node: name, nodes: [name], on_both: [text], on_one: [text], \
               tries: number } \
         | arrived{ cluster: cluster, node: name, nodes: [name], on_both: [text], on_one: [text] } \
         | clean-logs{ dir: text, except: [text], stack: held, tail: number } \
         | quiet-logs{ dir: text, except: [text], quiet_s: number, stack: held, tail: number }",
    ),
    (
        "person",
        "network-table | database-window | send-message | clear-constraints \
         | no-way-back-wanted | consoles{ nodes: [name] } | cross-barrier{ barriers: [text] } \
         | judge{ stacks: [held] } | not-in-guide{ topic: topic } | decide-way-back{ way: way } \
         | keep-lists{ nodes: [name] } \
         | playbook-name{ dir: text, name: text, node: name } | advice{ nodes?: [name], topic: advice } \
         | put-back{ data: held, node: name, paths: [text], settings: held, writers: [held] } \
         | bring-copy{ data: held, from: name, node: name, path: text } \
         | external-restore{ writers: [held] } \
         | read-logs{ dirs: [text], stacks: [held] } \
         | external-backup{ risk?: text, writers: [held] } \
         | roll-back-database{ backup: text, dir: text, image: image, node: name, \
                               part: database-back, skip: text, volume: text }",
    ),
    ("topic", "owners | letsencrypt | database"),
    ("way", "move-back | pins | restore | postgres"),
    ("advice", "close-ports | delete-copies | delete-old-database | newer-containers | pins-stay"),
    ("database-back", "open-shell | move-files"),
    (
        "site",
        "{ confirm?: text, name: name, node?: name, owes?: owes, probe?: text, run?: [text], \
           undo?: [text] }",
    ),
    ("owes", "opens | pays"),
    ("cluster", "back | front"),
    ("app", "express | voex | web-client"),
];

/// The schema.
pub(super) fn schema() -> Value {
    let mut defs: Map<String, Value> =
        SHAPES.iter().map(|(name, notation)| ((*name).to_owned(), shape(notation))).collect();
    defs.extend(scalars().map(|(name, value)| (name.to_owned(), value)));
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "ctsup plan",
        "$ref": "#/$defs/plan",
        "$defs": defs,
    })
}

/// Values without parts.
fn scalars() -> [(&'static str, Value); 20] {
    let pattern = |pattern: &str| json!({ "type": "string", "pattern": pattern });
    let one_of = |names: Vec<&str>| json!({ "enum": names });
    let atom = format!("({})(\\(.+\\))?$", Atom::NAMES.join("|"));
    [
        ("format-name", json!({ "const": "ctsup-plan" })),
        ("format-version", json!({ "const": FORMAT.version })),
        ("text", json!({ "type": "string" })),
        ("flag", json!({ "type": "boolean" })),
        ("number", json!({ "type": "integer", "minimum": 0 })),
        ("name", pattern("^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$")),
        ("held", pattern("^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}/(express|voex|web-client)$")),
        ("release", pattern("^[0-9]+(\\.[0-9]+){0,3}$")),
        ("image", pattern("^[A-Za-z0-9._/-]+:[A-Za-z0-9._-]+$")),
        ("digest", pattern("^sha256:[0-9a-f]{64}$")),
        ("row", pattern("^[A-Z][A-Za-z0-9.-]*$")),
        ("step-id", pattern("^[^/]+(/[^/]+)*$")),
        ("test", one_of(vec!["=", "!=", "<", "<=", ">", ">="])),
        ("goal", one_of(Goal::ALL.map(Goal::as_str).to_vec())),
        ("phase", one_of(Phase::ALL.map(Phase::as_str).to_vec())),
        ("role", one_of(key::ROLES.to_vec())),
        ("why", one_of(Why::ALL.iter().map(|why| why.as_str()).collect())),
        ("warning-code", one_of(WarningCode::ALL.iter().map(|code| code.as_str()).collect())),
        ("atom", pattern(&format!("^{atom}"))),
        ("condition", pattern(&format!("^!?{atom}"))),
    ]
}

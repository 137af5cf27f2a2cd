//! The guide's ambiguities: which rows each touches, the reading taken, what else could be read.

use crate::cite;
use crate::guide::RowKey;
use crate::plan::{ReadingTaken, Source, Step};
use crate::topology::{Layout, Reading, Topology};

/// One ambiguity.
struct Ambiguity {
    key: &'static str,
    rows: &'static [RowKey],
    taken: &'static str,
    others: &'static [&'static str],
    choose: Option<Reading>,
}

const fn read(
    key: &'static str,
    rows: &'static [RowKey],
    taken: &'static str,
    others: &'static [&'static str],
) -> Ambiguity {
    Ambiguity { key, rows, taken, others, choose: None }
}

const DEPLOYS_IN_HA: &[RowKey] = &[cite!("HA.17"), cite!("HA.21"), cite!("HA.25"), cite!("HA.29")];
const MOVES: &[RowKey] = &[cite!("HA.11"), cite!("HA.14"), cite!("HA.23"), cite!("HA.27")];
const LETSENCRYPT: &[RowKey] = &[cite!("S.3b"), cite!("F.3b")];
const PLAYBOOKS: &[RowKey] =
    &[cite!("AN-1.1"), cite!("AN-H.10"), cite!("AN-H.12"), cite!("AN-R.5"), cite!("AN-R.7")];
const PINS: &[RowKey] = &[cite!("RB.1"), cite!("AN-R.2"), cite!("AN-R.4")];

/// In the order of their numbers. Those that only concern how we work (typos, parsing) are here
/// too where a step depends on them.
const ALL: &[Ambiguity] = &[
    Ambiguity {
        key: "A1",
        rows: &[cite!("S.3a"), cite!("B.4")],
        taken: "up-to-1.28",
        others: &["below-1.28"],
        choose: Some(Reading::A1),
    },
    read("A2", &[cite!("S.3a"), cite!("B.4")], "one-line", &["as-printed"]),
    read("A3", &[cite!("S.4"), cite!("B.4b")], "always-once", &["with-condition"]),
    Ambiguity {
        key: "A4",
        rows: &[cite!("AN-H.1")],
        taken: "load.sh",
        others: &["download.sh"],
        choose: Some(Reading::A4),
    },
    read("A5", &[cite!("D-V.1"), cite!("S-V.1")], "host-from-file", &["own-host"]),
    read("A6", &[cite!("B.2"), cite!("F.2")], "opt-express", &[]),
    read("A7", &[cite!("HA.1")], "registry-host", &["every-node"]),
    read("A8", &[cite!("HA.0")], "conditions-hold-in-ha", &["not-in-ha"]),
    read("A9", &[cite!("HA.17"), cite!("HA.21")], "plain-stop", &["no-update-stop"]),
    read("A10", &[cite!("HA.3"), cite!("AN-H.2")], "units-from-file", &["kesl"]),
    read("A11", MOVES, "roles-by-state", &["slave-is-02"]),
    Ambiguity {
        key: "A12",
        rows: MOVES,
        taken: "offer",
        others: &["clear", "keep"],
        choose: Some(Reading::A12),
    },
    read("A13", &[cite!("PG.4")], "stray-copy-skipped", &["as-printed"]),
    read("A14", &[cite!("PN.5")], "unpin-too", &["pin-stays"]),
    read("A15", &[cite!("PB.1")], "quoted", &["as-printed"]),
    read("A16", &[cite!("DR.3")], "new-aside-first", &["over-each-other"]),
    read("A17", PLAYBOOKS, "dir-from-file", &[]),
    read("A18", &[cite!("AN-H.8"), cite!("RB.0")], "absolute-per-node", &["root-home"]),
    read("A19", &[cite!("AN-R.2"), cite!("AN-R.4")], "steps-8-9", &["step-3"]),
    read("A20", &[cite!("WC.8")], "inferred-name", &["other-name"]),
    read("A21", &[cite!("CERT.2")], "both-fronts-in-ha", &["active-only"]),
    read("A22", &[cite!("CERT.3")], "without-update", &["plain"]),
    read("A23", &[cite!("RB.1"), cite!("PG.4"), cite!("AN-R.2")], "one-file-found", &[]),
    read("A25", PINS, "strict", &["only-from-these"]),
    read("A26", &[cite!("PG.4"), cite!("PN.1")], "after-backup-before-deploy", &["before-stop"]),
    read(
        "A28",
        &[cite!("HA.19"), cite!("S.6"), cite!("B.6"), cite!("F.5")],
        "bounded",
        &["forever"],
    ),
    read("A30", LETSENCRYPT, "absolute", &["relative"]),
    read("A31", PINS, "path-from-list", &["composed"]),
    read("A32", &[cite!("AN-1.1"), cite!("AN-H.10")], "conditions-hold", &["playbook-does-it"]),
    read("A33", &[cite!("PG.H")], "accepted-by-name", &["free"]),
    read("A35", &[cite!("HA.8")], "fetch-only", &[]),
    read("A36", &[cite!("HA.7"), cite!("AN-H.7")], "exact-name", &["any-line"]),
    read("A38", PINS, "pins-named", &[]),
    read("A39", &[cite!("S-V.2"), cite!("D-V.2")], "chapter-order", &["any-order"]),
    read("A40", &[cite!("AN-R.2")], "voex-asked", &["cts-only"]),
    read("A41", &[cite!("B.4")], "back-only", &["front-too"]),
    read("A42", &[cite!("PG.A")], "true", &[]),
    read("A43", &[cite!("D-P.2")], "advice", &["blocker"]),
    read("A44", &[cite!("HA.11")], "prefetch", &["no-prefetch"]),
    read("A45", DEPLOYS_IN_HA, "window-named", &[]),
    read("A46", &[cite!("HA.22"), cite!("AN-H.11"), cite!("WC.7")], "person", &[]),
    read("A47", &[cite!("CERT.1")], "rsa-or-ec", &["rsa-only"]),
];

/// The readings that a plan's steps touch.
pub(super) fn touched(site: &Topology, steps: &[Step]) -> Vec<ReadingTaken> {
    let cites = |rows: &[RowKey], key: &str| {
        steps.iter().flat_map(|s| &s.source).any(|source| match source {
            Source::Row(row) => rows.contains(row),
            Source::Reading(reading) => reading == key,
            _ => false,
        })
    };
    ALL.iter()
        .filter(|a| cites(a.rows, a.key))
        // Of two nodes there is nothing to read where there is one.
        .filter(|a| a.key != "A21" || matches!(site.layout, Layout::Ha { .. }))
        .map(|a| {
            let chosen = a.choose.and_then(|reading| site.readings.get(&reading));
            let taken = chosen.map_or(a.taken, String::as_str);
            let mut others: Vec<_> = a
                .others
                .iter()
                .chain([&a.taken])
                .filter(|o| **o != taken)
                .map(|o| (*o).to_owned())
                .collect();
            others.sort();
            ReadingTaken {
                choose: a.choose.map(|reading| format!("readings.{}", reading.as_str())),
                key: a.key.to_owned(),
                others,
                taken: taken.to_owned(),
            }
        })
        .collect()
}

/// Every reading and choice, for the words of each.
#[must_use]
pub fn all_readings() -> Vec<(&'static str, Vec<&'static str>)> {
    ALL.iter()
        .map(|a| {
            let mut all = vec![a.taken];
            all.extend(a.others);
            (a.key, all)
        })
        .collect()
}

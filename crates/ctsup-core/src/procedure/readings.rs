//! The guide's ambiguities: which rows each touches, the reading taken, what else could be read.

use crate::cite;
use crate::guide::RowKey;
use crate::plan::{LeftOut, ReadingTaken, Source, Step};
use crate::topology::{CertificateKind, ImageSource, Layout, Reading, Topology};

/// What in a file decides a reading.
enum Choose {
    /// Nothing: it is ours.
    Nothing,
    /// A key of `[readings]`.
    Reading(Reading),
    /// A key of what the ambiguity is about; the reading that the file takes, if not the default.
    Key(&'static str, fn(&Topology) -> Option<&'static str>),
}

/// One ambiguity.
struct Ambiguity {
    key: &'static str,
    rows: &'static [RowKey],
    taken: &'static str,
    others: &'static [&'static str],
    choose: Choose,
}

const fn read(
    key: &'static str,
    rows: &'static [RowKey],
    taken: &'static str,
    others: &'static [&'static str],
) -> Ambiguity {
    Ambiguity { key, rows, taken, others, choose: Choose::Nothing }
}

const fn keyed(
    key: &'static str,
    rows: &'static [RowKey],
    taken: &'static str,
    others: &'static [&'static str],
    name: &'static str,
    chosen: fn(&Topology) -> Option<&'static str>,
) -> Ambiguity {
    Ambiguity { key, rows, taken, others, choose: Choose::Key(name, chosen) }
}

/// The key fills the reading in; the reading stays.
fn as_ever(_: &Topology) -> Option<&'static str> {
    None
}

fn script(site: &Topology) -> Option<&'static str> {
    let source = &site.images.as_ref()?.source;
    let own = matches!(source, ImageSource::Archives(_, archives) if archives.script.is_some());
    own.then_some("own-script")
}

fn playbook(site: &Topology) -> Option<&'static str> {
    site.web_client.as_ref()?.second_playbook.as_ref().map(|_| "other-name")
}

fn plain(site: &Topology) -> Option<&'static str> {
    let own = matches!(&site.certificate, Some(CertificateKind::Own(Some(new))) if new.plain);
    own.then_some("plain")
}

const DEPLOYS_IN_HA: &[RowKey] = &[cite!("HA.17"), cite!("HA.21"), cite!("HA.25"), cite!("HA.29")];
const MOVES: &[RowKey] = &[cite!("HA.11"), cite!("HA.14"), cite!("HA.23"), cite!("HA.27")];
const CONSTRAINTS: &[RowKey] =
    &[cite!("HA.11"), cite!("HA.14"), cite!("HA.23"), cite!("HA.27"), cite!("HA.29c")];
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
        choose: Choose::Reading(Reading::A1),
    },
    read("A2", &[cite!("S.3a"), cite!("B.4")], "one-line", &["as-printed"]),
    read(
        "A3",
        &[cite!("S.4"), cite!("B.4b"), cite!("HA.17"), cite!("HA.25")],
        "always-once",
        &["with-condition"],
    ),
    keyed(
        "A4",
        &[cite!("AN-H.1")],
        "load.sh",
        &["download.sh", "own-script"],
        "images.script",
        script,
    ),
    keyed(
        "A5",
        &[cite!("D-V.1"), cite!("S-V.1"), cite!("HA.21"), cite!("HA.29")],
        "host-from-file",
        &["own-host"],
        "voex.on",
        as_ever,
    ),
    read("A6", &[cite!("B.2"), cite!("F.2")], "opt-express", &[]),
    read("A7", &[cite!("HA.1")], "registry-host", &["every-node"]),
    read("A8", &[cite!("HA.0")], "conditions-hold-in-ha", &["not-in-ha"]),
    read("A9", &[cite!("HA.17"), cite!("HA.21")], "plain-stop", &["no-update-stop"]),
    keyed(
        "A10",
        &[cite!("HA.3"), cite!("AN-H.2")],
        "units-from-file",
        &["kesl"],
        "antivirus.units",
        as_ever,
    ),
    read("A11", MOVES, "roles-by-state", &["slave-is-02"]),
    Ambiguity {
        key: "A12",
        rows: CONSTRAINTS,
        taken: "offer",
        others: &["clear", "keep"],
        choose: Choose::Reading(Reading::A12),
    },
    read("A13", &[cite!("PG.4"), cite!("PN.1")], "stray-copy-skipped", &["as-printed"]),
    read("A14", &[cite!("PN.5")], "unpin-too", &["pin-stays"]),
    read("A15", &[cite!("PB.1")], "quoted", &["as-printed"]),
    read("A16", &[cite!("DR.3")], "new-aside-first", &["over-each-other"]),
    keyed("A17", PLAYBOOKS, "dir-from-file", &[], "method.playbook_dir", as_ever),
    read("A18", &[cite!("AN-H.8"), cite!("RB.0")], "absolute-per-node", &["root-home"]),
    read("A19", &[cite!("AN-R.2"), cite!("AN-R.4")], "steps-8-9", &["step-3"]),
    keyed(
        "A20",
        &[cite!("WC.8")],
        "inferred-name",
        &["other-name"],
        "web_client.second_playbook",
        playbook,
    ),
    read("A21", &[cite!("CERT.2")], "both-fronts-in-ha", &["active-only"]),
    keyed("A22", &[cite!("CERT.3")], "without-update", &["plain"], "certificate.apply", plain),
    read(
        "A23",
        &[
            cite!("RB.1"),
            cite!("PG.4"),
            cite!("PN.1"),
            cite!("PN.5"),
            cite!("PG.H"),
            cite!("PG.A"),
            cite!("AN-R.2"),
            cite!("AN-R.4"),
            cite!("RS.4"),
            cite!("DR.4"),
        ],
        "one-file-found",
        &[],
    ),
    keyed(
        "A24",
        &[
            cite!("S.5"),
            cite!("B.5"),
            cite!("F.4"),
            cite!("HA.17"),
            cite!("AN-1.1"),
            cite!("AN-H.10"),
        ],
        "releases-from-file",
        &["from-tags"],
        "release.installed",
        as_ever,
    ),
    read("A25", PINS, "strict", &["only-from-these"]),
    read("A26", &[cite!("PG.4"), cite!("PN.1")], "after-backup-before-deploy", &["before-stop"]),
    keyed(
        "A27",
        &[cite!("HA.17"), cite!("AN-H.10")],
        "location-from-file",
        &[],
        "postgres.location",
        as_ever,
    ),
    read(
        "A28",
        &[cite!("HA.19"), cite!("S.6"), cite!("B.6"), cite!("F.5"), cite!("PG.6")],
        "bounded",
        &["forever"],
    ),
    read("A29", &[cite!("PG.3")], "apt-postgresql-org", &["as-printed"]),
    read("A30", LETSENCRYPT, "absolute", &["relative"]),
    read("A31", PINS, "path-from-list", &["composed"]),
    read("A32", &[cite!("AN-1.1"), cite!("AN-H.10")], "conditions-hold", &["playbook-does-it"]),
    keyed("A33", &[cite!("PG.H")], "accepted-by-name", &["free"], "postgres.upgrade", as_ever),
    read("A34", &[cite!("REG.2.1")], "any-refusal", &["as-printed"]),
    read("A35", &[cite!("HA.8")], "fetch-only", &[]),
    read("A36", &[cite!("HA.7"), cite!("AN-H.7")], "exact-name", &["any-line"]),
    read("A37", &[cite!("HA.3"), cite!("AN-H.2")], "from-antivirus-again", &["go-on"]),
    read("A38", PINS, "pins-named", &[]),
    read("A39", &[cite!("S-V.2"), cite!("D-V.2")], "chapter-order", &["any-order"]),
    keyed("A40", &[cite!("AN-R.2")], "voex-asked", &["cts-only"], "rollback.voex", as_ever),
    read("A41", &[cite!("B.4")], "back-only", &["front-too"]),
    read("A42", &[cite!("PG.A")], "true", &[]),
    read("A43", &[cite!("D-P.2")], "advice", &["blocker"]),
    read("A44", &[cite!("HA.11")], "prefetch", &["no-prefetch"]),
    read("A45", DEPLOYS_IN_HA, "window-named", &[]),
    read("A46", &[cite!("HA.22"), cite!("AN-H.11"), cite!("WC.7")], "person", &[]),
    read("A47", &[cite!("CERT.1")], "rsa-or-ec", &["rsa-only"]),
];

/// The readings that a plan's steps touch, and those that decide which rows it leaves out.
pub(super) fn touched(site: &Topology, steps: &[Step], left_out: &[LeftOut]) -> Vec<ReadingTaken> {
    let cites = |rows: &[RowKey], key: &str| {
        steps.iter().flat_map(|s| &s.source).any(|source| match source {
            Source::Row(row) => rows.contains(row),
            Source::Reading(reading) => reading == key,
            _ => false,
        })
    };
    ALL.iter()
        .filter(|a| cites(a.rows, a.key) || decides(a, site, left_out))
        // Of two nodes there is nothing to read where there is one.
        .filter(|a| a.key != "A21" || matches!(site.layout, Layout::Ha { .. }))
        .map(|a| {
            let chosen = match &a.choose {
                Choose::Nothing => None,
                Choose::Reading(reading) => site.readings.get(reading).map(String::as_str),
                Choose::Key(_, chosen) => chosen(site),
            };
            let taken = chosen.unwrap_or(a.taken);
            let mut others: Vec<_> = a
                .others
                .iter()
                .chain([&a.taken])
                .filter(|o| **o != taken)
                .map(|o| (*o).to_owned())
                .collect();
            others.sort();
            ReadingTaken {
                choose: match &a.choose {
                    Choose::Nothing => None,
                    Choose::Reading(reading) => Some(format!("readings.{}", reading.as_str())),
                    Choose::Key(name, _) => Some((*name).to_owned()),
                },
                key: a.key.to_owned(),
                others,
                taken: taken.to_owned(),
            }
        })
        .collect()
}

/// Another reading than ours was chosen, and one of its rows does not apply.
fn decides(ambiguity: &Ambiguity, site: &Topology, left_out: &[LeftOut]) -> bool {
    let Choose::Reading(reading) = &ambiguity.choose else { return false };
    let other = site.readings.get(reading).is_some_and(|chosen| chosen != ambiguity.taken);
    other && left_out.iter().flat_map(|left| &left.rows).any(|row| ambiguity.rows.contains(row))
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

//! No text, arbitrary or a damaged real one, makes a reader panic.

use proptest::prelude::*;

use super::*;

/// Real and made outputs of every kind; each is given to every reader.
const SEEDS: [&str; 12] = [
    include_str!("../../tests/fixtures/reader/docker/ps-a.txt"),
    include_str!("../../tests/fixtures/reader/docker/system-df-v.txt"),
    include_str!("../../tests/fixtures/reader/cluster/crm_mon-1.1.xml"),
    include_str!("../../tests/fixtures/reader/cluster/grouped-by-node.xml"),
    include_str!("../../tests/fixtures/reader/cluster/pacemaker-1.1.10.txt"),
    include_str!("../../tests/fixtures/reader/cluster/pacemaker-1.1.23.txt"),
    include_str!("../../tests/fixtures/reader/cluster/pacemaker-2.1.7-full.txt"),
    include_str!("../../tests/fixtures/reader/registry/tags.http"),
    include_str!("../../tests/fixtures/reader/registry/no-credentials.http"),
    "Location Constraints:\n  Resource: dockerd\n    Enabled on: a (score:INFINITY) (id:cli-prefer-dockerd)\n  \
     resource 'x' avoids node 'y' with score -2147483648 (id: z)\n",
    "PLAY RECAP ****\nback-01 : ok=1 changed=0 unreachable=0 failed=0\n",
    "postgres_1  | DB upgrade is done, please disable postgres_upgrade in the settings\n14\n9.5\n888:888\n",
];

/// What a damage inserts: the characters that the readers turn on, and some that have more bytes.
const PIECES: [&str; 24] = [
    "\n",
    "\r",
    " ",
    "\t",
    "\"",
    "'",
    "(",
    ")",
    "[",
    "]",
    ":",
    "|",
    "<",
    ">",
    "/",
    "_",
    "-",
    "\u{1b}[",
    "\u{8}",
    "é",
    "…",
    "\u{a0}",
    "99999999999999999999",
    "d7f893067461 ",
];

fn read_all(text: &str) {
    if let Ok(list) = image_list::read(text) {
        for container in list.containers {
            let _ = (container.service("cts"), container.image.pin());
        }
    }
    for cluster in [cluster::read(text), cluster::read_text(text), cluster::read_xml(text)]
        .into_iter()
        .flatten()
    {
        let _ = (cluster.contradictions(), cluster.active_node("dockerd"));
    }
    for constraint in constraints::read(text).into_iter().flat_map(|read| read.locations) {
        constraint.origin();
    }
    let _ = (disk::volume_size(text, "express_postgres"), disk::free_space(text));
    if let Ok(answer) = registry::Answer::read(text) {
        let _ = (registry::read_tags(answer.body), answer.next_page());
    }
    let _ =
        (registry::read_tags(text), registry::next_page(text), registry::is_login_failure(text));
    let _ = (postgres::read_version(text), postgres::read_upgrade_log(text));
    let _ = (units::is_active(text, 1), units::UnitFiles::read(text), units::owners(text, 1));
    let _ = (units::pcs_version(text), units::nginx_version(text), units::BootId::read(text));
    let _ = recap::read(text);
    let classifier = logs::Classifier {
        errors: vec![logs::Pattern::new(None, text), logs::Pattern::new(None, "a*é")],
        harmless: vec![logs::Pattern::new(None, "*")],
    };
    for line in logs::read(text) {
        classifier.judge(&line);
    }
    for service in image_list::ImageRef::new(text).iter().map(ToString::to_string) {
        let _ = image_list::service_of(&service, "cts");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn arbitrary_text(text in any::<String>()) {
        read_all(&text);
    }

    #[test]
    fn arbitrary_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        read_all(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn words_that_readers_know(words in proptest::collection::vec(proptest::sample::select(
        SEEDS.iter().flat_map(|seed| seed.split_inclusive([' ', '\n'])).collect::<Vec<_>>(),
    ), 0..60)) {
        read_all(&words.concat());
    }

    #[test]
    fn damaged_outputs(
        seed in 0..SEEDS.len(),
        damages in proptest::collection::vec((any::<prop::sample::Index>(), 0..30usize, 0..PIECES.len()), 1..8),
    ) {
        let mut text: Vec<char> = SEEDS[seed].chars().collect();
        for (at, lost, piece) in damages {
            let start = at.index(text.len() + 1);
            let end = (start + lost).min(text.len());
            text.splice(start..end, PIECES[piece].chars());
        }
        read_all(&text.iter().collect::<String>());
    }
}

#[test]
fn cut_anywhere() {
    for seed in SEEDS {
        let ends = seed.char_indices().map(|(end, _)| end).step_by(7);
        for end in ends {
            read_all(&seed[..end]);
            read_all(&seed[end..]);
        }
    }
}

#[test]
fn depth_and_length_do_no_harm() {
    let deep = 200_000;
    read_all(&format!("<crm_mon>{}{}</crm_mon>", "<nodes>".repeat(deep), "</nodes>".repeat(deep)));
    read_all(&"[".repeat(deep));
    read_all(&"d7f893067461 a\n".repeat(deep / 10));
    read_all(&"d7f893067461 2 days ago ".repeat(deep / 10));
    read_all(&format!("Full list of resources:\n{}", " Resource Group: g\n".repeat(deep / 10)));
}

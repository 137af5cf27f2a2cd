//! A small guide, made up, and what the comparison says of other builds of it.

use ctsup_core::guide::Row;

use crate::entry::{self, Entry};
use crate::{locate, report, rewrite, text};

/// Two chapters with equal steps, a note after a step, and commands that span lines.
const GUIDE: &str = include_str!("sample.txt");

const TABLE: [(&str, &str, (u32, u32)); 9] = [
    ("K.0", "warning", (3, 3)),
    ("G.0", "warning", (3, 3)),
    ("K.1", "1", (5, 5)),
    ("K.2", "2", (6, 10)),
    ("K.3", "3", (12, 12)),
    ("K.3a", "3 continued", (14, 14)),
    ("K.4", "4", (16, 21)),
    ("G.1", "1", (25, 25)),
    ("G.2", "2-3", (26, 34)),
];

fn rows() -> Vec<Row> {
    let row = |&(key, step, range): &(&'static str, &'static str, (u32, u32))| Row {
        key,
        procedure: &key[..1],
        section: "made up",
        step,
        lines: Some(range),
        hash: Some(hash_of(range).leak()),
        fact: "a fact",
    };
    TABLE.iter().map(row).collect()
}

fn rest() -> String {
    let texts = [("chapter K", (1, 1)), ("chapter G", (23, 23))];
    let line = |(what, range): (&str, (u32, u32))| {
        format!("{0}-{1}\t{2}\t{what}\n", range.0, range.1, hash_of(range))
    };
    texts.map(line).iter().fold("lines\tsha256\twhat\n".to_owned(), |rest, line| rest + line)
}

fn hash_of((first, last): (u32, u32)) -> String {
    let mut lines = text::lines(GUIDE);
    lines.retain(|line| (first..=last).contains(&line.number));
    text::hash(&text::paragraph(&lines))
}

fn entries() -> Vec<Entry> {
    entry::all(&rows(), &rest())
}

/// The report without its three lines of counts.
fn differences(guide: &str) -> Vec<String> {
    let (entries, lines) = (entries(), text::lines(guide));
    let compared = locate::locate(&entries, &lines);
    let report = report::report(&compared);
    let mut report: Vec<String> = report.lines().map(str::to_owned).collect();
    report.truncate(report.len() - 3);
    assert_eq!(compared.is_identical(), report.is_empty());
    report
}

fn edited(from: &str, to: &str) -> Vec<String> {
    assert_eq!(GUIDE.matches(from).count(), 1, "{from:?} names one place");
    differences(&GUIDE.replace(from, to))
}

#[test]
fn the_same_guide_does_not_differ() {
    assert_eq!(differences(GUIDE), [""; 0]);
    let (entries, lines) = (entries(), text::lines(GUIDE));
    let compared = locate::locate(&entries, &lines);
    assert_eq!(rewrite::rest(&compared), rest());
    assert_eq!(
        report::report(&compared),
        "rows        9 = 9 unchanged\nother texts 2 = 2 unchanged\nnew texts   0\n"
    );
}

#[test]
fn white_space_and_unicode_form_do_not_matter() {
    assert_eq!(
        text::hash(&text::paragraph(&text::lines("и\u{306}од \u{a0} a\tb "))),
        text::hash("йод a b")
    );
    assert_eq!(edited("Stop the oven:", "Stop   the\u{a0}oven: "), [""; 0]);
    assert_eq!(
        edited("Only with old paper: change", "Only with old paper:\nchange"),
        ["moved       K.3a 14 -> 14-15", "moved       K.4 to G.2 (3) by +1 lines"]
    );
}

#[test]
fn lines_above_move_everything() {
    assert_eq!(
        differences(&format!("A new preface.\n\n{GUIDE}")),
        ["moved       K.0 to G.2 (9) by +2 lines", "new text    1"]
    );
}

#[test]
fn an_altered_word_is_found_where_it_stands() {
    assert_eq!(edited("Copy the recipes", "Save the recipes"), ["changed     K.3 12"]);
    assert_eq!(edited("# oven --stop", "# oven --halt"), ["changed     K.2 6-10"]);
    assert_eq!(edited("pulled out", "left alone"), ["changed     G.2 26-34"]);
    // Both rows cite this line.
    assert_eq!(edited("Wash your", "Dry your"), ["changed     K.0 3", "changed     G.0 3"]);
}

#[test]
fn a_deleted_step_renumbers_those_below() {
    let shorter = GUIDE.replace("3. Copy the recipes.\n\n", "").replace("4. Start", "3. Start");
    assert_eq!(
        differences(&shorter),
        [
            "gone        K.3 was 12",
            "moved       K.3a by -2 lines",
            "renumbered  K.4 16-21 -> 14-19, now step 3",
            "moved       G.1 to G.2 (2) by -2 lines",
        ]
    );
}

#[test]
fn a_step_that_changed_and_has_a_new_number_is_found_by_its_order() {
    let other = GUIDE.replace("2. Stop the oven:\n\n```\n# oven --stop\n```\n\n", "\n");
    let other = other.replace("3. Copy", "2. Copy").replace("4. Start the", "3. Light the");
    assert_eq!(
        differences(&other)[..4],
        [
            "gone        K.2 was 6-10",
            "renumbered  K.3 12 -> 7, now step 2",
            "moved       K.3a by -5 lines",
            "changed     K.4 16-21 -> 11-16",
        ]
    );
}

#[test]
fn a_new_step_and_a_new_chapter_are_new_text() {
    assert_eq!(
        edited("GARDEN", "5. Open the window.\n\nGARDEN"),
        ["moved       G.1 to G.2 (2) by +2 lines", "new text    23"]
    );
    assert_eq!(
        differences(&format!("{GUIDE}\nCELLAR\n\n1. Open the shell.\n")),
        ["new text    36-38"]
    );
}

#[test]
fn chapters_that_change_places_stay_whole() {
    let (kitchen, garden) = GUIDE.split_once("GARDEN").expect("there are two chapters");
    assert_eq!(
        differences(&format!("GARDEN{garden}\n{kitchen}"))[1..4],
        [
            "elsewhere   [chapter G] 23 -> 1",
            "elsewhere   G.1 25 -> 3",
            "elsewhere   G.2 26-34 -> 4-12",
        ]
    );
}

#[test]
fn a_new_table_describes_the_new_guide() {
    let other = GUIDE.replace("3. Copy the recipes.\n\n", "").replace("4. Start", "3. Start");
    let (entries, lines) = (entries(), text::lines(&other));
    let table = rewrite::table(&rows(), &locate::locate(&entries, &lines));
    let cells = |key: &str| {
        let line = table.lines().find(|line| line.split('\t').next() == Some(key));
        let line = line.expect("each row keeps its place");
        line.split('\t').map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(table.lines().count(), TABLE.len() + 1);
    assert_eq!(cells("K.4")[3..5], ["3", "14-19"]);
    assert_eq!(cells("K.3")[4..6], ["", ""]);
    assert_eq!(cells("K.3a")[5], hash_of((14, 14)));
}

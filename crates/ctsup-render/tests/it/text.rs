//! What holds of every text of every plan: nothing cut, nothing missing, nothing said by colour.

use ctsup_core::{Goal, StepId};
use ctsup_render::{Format, Lang, Options, Style, Words};

use crate::example;

/// Every plan in both languages.
fn everywhere(check: impl Fn(&example::Example, &'static Words)) {
    assert!(example::all().len() >= 20, "the examples are planned");
    for example in example::all() {
        for lang in Lang::ALL {
            check(example, Words::of(lang));
        }
    }
}

#[test]
fn no_form_shows_a_word_that_is_missing() {
    everywhere(|example, words| {
        for format in Format::ALL {
            let shown = format.render(&example.planned.plan, words, &example.options());
            let at = unfilled(&shown);
            assert_eq!(at, None, "{} {} {}", example.name, example.goal, format.as_str());
        }
    });
}

/// A `{name}` or `{$name}` as it is left where a message or an argument is missing.
fn unfilled(text: &str) -> Option<&str> {
    text.match_indices('{').map(|(at, _)| &text[at + 1..]).find_map(|rest| {
        let name = rest.split('}').next()?;
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._$".contains(c);
        let letter = |c: char| c.is_ascii_lowercase() || c == '$';
        (name.starts_with(letter) && name.chars().all(plain)).then_some(name)
    })
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    everywhere(|example, words| {
        for format in Format::ALL {
            let shown = || format.render(&example.planned.plan, words, &example.options());
            assert_eq!(shown(), shown(), "{} {}", example.name, format.as_str());
        }
    });
}

#[test]
fn a_plan_read_back_is_shown_the_same() {
    for example in example::all() {
        let text =
            Format::Json.render(&example.planned.plan, Words::of(Lang::En), &Options::default());
        let read = ctsup_core::Plan::read(&text).expect("what is written can be read");
        for format in Format::ALL {
            let words = Words::of(Lang::Ru);
            assert_eq!(
                format.render(&read, words, &Options::default()),
                format.render(&example.planned.plan, words, &Options::default()),
            );
        }
    }
}

#[test]
fn every_command_can_be_found_whole_in_text_and_runbook() {
    everywhere(|example, words| {
        let plan = &example.planned.plan;
        let runbook = Format::Markdown.render(plan, words, &example.options());
        for width in [40, 80, 120] {
            let options = Options { width, ..example.options() };
            let text = joined(&Format::Text.render(plan, words, &options));
            for command in plan.steps.iter().flat_map(|step| &step.commands) {
                assert!(text.contains(&format!("\n{command}\n")), "{command} at {width}");
                assert!(runbook.contains(&format!("\n{command}\n")), "{command}");
            }
        }
    });
}

/// The text without indents, with lines that a backslash breaks put together again.
fn joined(text: &str) -> String {
    let mut out = String::from("\n");
    for line in text.lines() {
        match line.strip_suffix(" \\") {
            Some(start) => {
                out.push_str(start.trim_start());
                out.push(' ');
            }
            None => {
                out.push_str(line.trim_start());
                out.push('\n');
            }
        }
    }
    out
}

#[test]
fn lines_keep_to_the_width_where_they_can() {
    use unicode_width::UnicodeWidthStr as _;
    everywhere(|example, words| {
        for width in [60, 80, 100] {
            let options = Options { width, ..example.options() };
            let text = Format::Text.render(&example.planned.plan, words, &options);
            for line in text.lines().filter(|line| line.width() > width) {
                // Too long are only lines with one word that is, or one quoted argument.
                let longest = line.split_whitespace().map(|word| word.width()).max();
                let quoted = line.contains(['"', '\'']);
                assert!(quoted || longest.unwrap_or(0) + 25 > width, "{width}: {line}");
            }
        }
    });
}

#[test]
fn nothing_is_said_by_colour_alone() {
    everywhere(|example, words| {
        let plan = &example.planned.plan;
        let plain = Format::Text.render(plan, words, &example.options());
        let options = Options { style: Style::Ansi, ..example.options() };
        let coloured = Format::Text.render(plan, words, &options);
        assert_ne!(plain, coloured);
        assert_eq!(uncoloured(&coloured), plain);
    });
}

fn uncoloured(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        out.push_str(before);
        rest = after.split_once('m').map_or("", |(_, rest)| rest);
    }
    out + rest
}

#[test]
fn every_step_has_its_box_and_its_name_in_the_runbook() {
    everywhere(|example, words| {
        let plan = &example.planned.plan;
        let runbook = Format::Markdown.render(plan, words, &example.options());
        for (place, step) in plan.steps.iter().enumerate() {
            assert!(runbook.contains(&format!("#### {}. ", place + 1)));
            assert!(runbook.contains(&format!("`{}`", step.id)));
        }
    });
}

#[test]
fn hazards_stand_at_their_steps() {
    let example = example::of("ha", Goal::Upgrade);
    let text = Format::Text.render(&example.planned.plan, Words::of(Lang::En), &example.options());
    let at = |text: &str, what: &str| text.find(what).unwrap_or_else(|| panic!("{what}"));
    let danger = at(&text, "\u{250c}\u{2500} DANGER");
    let moved = at(&text, &StepId::from("back-01/cluster/move").to_string());
    let stopped = at(&text, "back-01/express/stop \u{b7} ");
    let closed = at(&text, "The old containers on back-01 are stopped");
    assert!(danger < moved && moved < stopped && stopped < closed);
}

#[test]
fn an_empty_plan_says_that_nothing_is_to_be_done() {
    let empty = example::all().iter().find(|example| example.planned.plan.is_empty());
    let Some(empty) = empty else { return };
    for format in [Format::Text, Format::Markdown] {
        let shown = format.render(&empty.planned.plan, Words::of(Lang::Ru), &empty.options());
        assert!(shown.contains("Делать нечего"));
    }
}

/// How long something takes is told by the catalogue in use, wherever it stands.
#[test]
fn times_in_sentences_are_those_of_the_catalogue() {
    let text = ctsup_core::Catalogue::built_in_text();
    let own = text
        .lines()
        .map(|line| match line.split_once(" = ") {
            Some((code @ ("wait-quiet-logs" | "dpl-deploy"), _)) => {
                format!(
                    "{code} = {{ min_s = 120, max_s = 180, limit_s = 240, origin = \"ours\" }}\n"
                )
            }
            _ => format!("{line}\n"),
        })
        .collect::<String>();
    let own = ctsup_core::Catalogue::parse(&own).expect("a catalogue");
    let mut lines = 0;
    for (catalogue, there, gone) in [
        (&own, ["2–3 min", "2–3 мин"], ["10–15 min", "10–15 мин"]),
        (ctsup_core::Catalogue::built_in(), ["10–15 min", "10–15 мин"], ["2–3 min", "2–3 мин"]),
    ] {
        let topology = std::fs::read_to_string(example::path("examples/ha.toml"));
        let outcome = ctsup_core::plan(&ctsup_core::Request {
            topology: &topology.expect("an example"),
            facts: None,
            image_lists: &std::collections::BTreeMap::new(),
            catalogue,
            goal: Goal::Upgrade,
        });
        let plan = &outcome.planned().expect("a plan").plan;
        for (lang, (there, gone)) in Lang::ALL.into_iter().zip(there.into_iter().zip(gone)) {
            let words = Words::of(lang);
            let text = Format::Markdown.render(plan, words, &Options::default());
            let text = text.replace('\u{a0}', " ");
            for part in ["start of the command", "запуска команды", "Ctrl-C"] {
                let all = text.lines().filter(|line| line.contains(part));
                for line in all.filter(|line| line.contains(" min") || line.contains(" мин")) {
                    lines += 1;
                    assert!(line.contains(there) && !line.contains(gone), "{line}");
                }
            }
        }
    }
    assert!(lines >= 4 * 6, "deploys and quiet logs say how long they take: {lines}");
}

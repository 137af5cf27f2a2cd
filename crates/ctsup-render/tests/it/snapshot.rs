//! Whole texts and runbooks, to be read by whoever changes them.

use ctsup_core::Goal;
use ctsup_render::{Format, Lang, Words};

use crate::example;

/// The examples that people read line by line; one line more is one example more.
const SHOWN: [(&str, Goal); 5] = [
    ("single", Goal::Upgrade),
    ("ha", Goal::Upgrade),
    ("split-old", Goal::Upgrade),
    ("postgres", Goal::Postgres),
    ("rollback-single", Goal::Rollback),
];

#[test]
fn texts_and_runbooks() {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    // The digest is everything that is not shown; what is shown must not change with it.
    settings.add_filter("sha256:[0-9a-f]+", "sha256:#");
    settings.bind(|| {
        for (name, goal) in SHOWN {
            let example = example::of(name, goal);
            for format in [Format::Text, Format::Markdown] {
                for lang in Lang::ALL {
                    let shown =
                        format.render(&example.planned.plan, Words::of(lang), &example.options());
                    let (format, lang) = (format.as_str(), lang.as_str());
                    insta::assert_snapshot!(format!("{name}.{format}.{lang}"), shown);
                }
            }
        }
    });
}

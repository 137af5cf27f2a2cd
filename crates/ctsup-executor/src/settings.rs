//! Edits of a `settings` file's text: comments and order kept, one `images:` mapping.
//!
//! The editor is not trusted: the text is read strictly before and after, and an edit counts only
//! when the second reading is the first one with the wanted change and no other line is lost.

use ctsup_core::action::settings::Edit;
use ctsup_core::run::{Refused, Seen};
use serde_json::{Map, Value};
use yaml_edit::Document;

/// Why a file is not edited. A person makes the edit by hand.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The file is no YAML mapping, or has a key twice. Its text is not repeated: it holds secrets.
    #[error("the file is not read: line {line}, column {column}")]
    Unreadable {
        /// Where, from 1; 0 where it can't be said.
        line: u64,
        /// Where in the line.
        column: u64,
    },
    /// `images` is there and is no mapping.
    #[error("`images` is not a mapping")]
    NoMapping,
    /// What the editor made is not the wanted change.
    #[error("the edit would change more than it should")]
    Unsafe,
}

impl EditError {
    /// What an event says of it; words are made of that for each reader.
    #[must_use]
    pub fn seen(&self) -> Seen {
        match *self {
            Self::Unreadable { line, column } => {
                Seen::EditRefused(Refused::Unreadable, line, column)
            }
            Self::NoMapping => Seen::EditRefused(Refused::NoMapping, 0, 0),
            Self::Unsafe => Seen::EditRefused(Refused::Unsafe, 0, 0),
        }
    }
}

/// The text after an edit; the same text where there is nothing to change.
///
/// # Errors
/// When the text can't be read, or the edit can't be made without touching anything else.
pub fn edited(text: &str, edit: &Edit) -> Result<String, EditError> {
    let before = read(text)?;
    let changes = changes(edit);
    let wanted = wanted(&before, &changes)?;
    if wanted == before {
        return Ok(text.to_owned());
    }
    if before.is_empty() && is_bare(text) {
        return checked(text, begun(text, &changes), &wanted, &changes);
    }
    let document: Document = text.parse().map_err(|_| unreadable())?;
    for change in &changes {
        make(&document, &before, change);
    }
    let mut after = document.to_string();
    if !after.ends_with('\n') && text.ends_with('\n') {
        after.push('\n');
    }
    checked(text, after, &wanted, &changes)
}

/// The text that the editor made, where it is what was wanted and no more.
fn checked(
    text: &str,
    after: String,
    wanted: &Map<String, Value>,
    changes: &[Change<'_>],
) -> Result<String, EditError> {
    // Where a line ends in CR LF, all do.
    let windows = text.contains("\r\n");
    let after = if windows { after.replace("\r\n", "\n").replace('\n', "\r\n") } else { after };
    let same_ends = windows == after.contains("\r\n");
    let as_wanted = read(&after).ok().as_ref() == Some(wanted);
    if !as_wanted || !keeps_lines(text, &after, changes) || !same_ends {
        return Err(EditError::Unsafe);
    }
    Ok(after)
}

/// Nothing but comments.
fn is_bare(text: &str) -> bool {
    text.lines().map(str::trim).all(|line| line.is_empty() || line.starts_with('#'))
}

/// A mapping begun behind comments, which the editor has nothing to hold on to for.
fn begun(text: &str, changes: &[Change<'_>]) -> String {
    let mut after = text.to_owned();
    if !text.is_empty() && !text.ends_with('\n') {
        after.push('\n');
    }
    for change in changes {
        match change {
            Change::Set(key) => after.push_str(&format!("{key}: true\n")),
            Change::Pin(service, image) => {
                if !after.lines().any(|line| line == "images:") {
                    after.push_str("images:\n");
                }
                // An image's name needs no quotes but for a number's look; JSON's are YAML's too.
                after.push_str(&format!("  {service}: {}\n", Value::from(image.as_str())));
            }
            Change::Unset(_) | Change::Unpin(_) => {}
        }
    }
    after
}

/// One change of the mapping.
#[derive(Debug)]
enum Change<'e> {
    Set(&'static str),
    Unset(&'static str),
    Pin(&'e str, String),
    Unpin(&'e str),
}

const UPGRADE: &str = "postgres_upgrade";
const AUTO: &str = "postgres_auto_upgrade";
const IMAGES: &str = "images";
const POSTGRES: &str = "postgres";

fn changes(edit: &Edit) -> Vec<Change<'_>> {
    match edit {
        Edit::AskUpgrade => vec![Change::Set(UPGRADE)],
        Edit::TakeUpgradeOut => vec![Change::Unset(UPGRADE)],
        Edit::AutoUpgrade => vec![Change::Set(AUTO)],
        Edit::PinSpecial(image) | Edit::HoldDatabase(image) => {
            vec![Change::Pin(POSTGRES, image.to_string())]
        }
        Edit::UnpinSpecial(_) => vec![Change::Unpin(POSTGRES)],
        Edit::Pin(pins) => {
            pins.iter().map(|(service, image)| Change::Pin(service, image.to_string())).collect()
        }
        Edit::Unpin(services) => services.iter().map(|service| Change::Unpin(service)).collect(),
    }
}

fn unreadable() -> EditError {
    EditError::Unreadable { line: 0, column: 0 }
}

/// The file's mapping; an empty file, or one of comments only, is an empty one.
fn read(text: &str) -> Result<Map<String, Value>, EditError> {
    if is_bare(text) {
        return Ok(Map::new());
    }
    // Readers differ on tabs; dpl's own is not ours to try.
    if let Some(at) = text.lines().position(|l| l.trim_start_matches(' ').starts_with('\t')) {
        return Err(EditError::Unreadable { line: at as u64 + 1, column: 1 });
    }
    let value: Option<Value> = serde_saphyr::from_str(text).map_err(|error| {
        let (line, column) = error.location().map_or((0, 0), |at| (at.line(), at.column()));
        EditError::Unreadable { line, column }
    })?;
    match value {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(map)) => Ok(map),
        Some(_) => Err(unreadable()),
    }
}

fn wanted(
    before: &Map<String, Value>,
    changes: &[Change<'_>],
) -> Result<Map<String, Value>, EditError> {
    let mut after = before.clone();
    for change in changes {
        match change {
            Change::Set(key) => {
                after.insert((*key).to_owned(), Value::Bool(true));
            }
            Change::Unset(key) => {
                after.remove(*key);
            }
            Change::Pin(service, image) => {
                let images = after.entry(IMAGES).or_insert(Value::Null);
                if images.is_null() {
                    *images = Value::Object(Map::new());
                }
                let images = images.as_object_mut().ok_or(EditError::NoMapping)?;
                images.insert((*service).to_owned(), Value::String(image.clone()));
            }
            Change::Unpin(service) => match after.get_mut(IMAGES) {
                None | Some(Value::Null) => {}
                Some(images) => {
                    images.as_object_mut().ok_or(EditError::NoMapping)?.remove(*service);
                }
            },
        }
    }
    Ok(after)
}

fn make(document: &Document, before: &Map<String, Value>, change: &Change<'_>) {
    match change {
        Change::Set(key) => {
            document.set(*key, true);
        }
        Change::Unset(key) => {
            document.remove(*key);
        }
        Change::Pin(service, image) => {
            if !before.get(IMAGES).is_some_and(Value::is_object)
                && document.get_mapping(IMAGES).is_none()
            {
                document.set(IMAGES, yaml_edit::Mapping::new());
            }
            if let Some(images) = document.get_mapping(IMAGES) {
                images.set(*service, image.as_str());
            }
        }
        Change::Unpin(service) => {
            if let Some(images) = document.get_mapping(IMAGES) {
                images.remove(*service);
            }
        }
    }
}

/// Whether every line of the file is still there, in its order, but for those that the changes are
/// about.
fn keeps_lines(before: &str, after: &str, changes: &[Change<'_>]) -> bool {
    let about = |line: &str| {
        let key = line.split(':').next().unwrap_or_default().trim().trim_matches(['\'', '"']);
        changes.iter().any(|change| match change {
            Change::Set(name) | Change::Unset(name) => key == *name,
            Change::Pin(name, _) | Change::Unpin(name) => key == *name || key == IMAGES,
        })
    };
    let mut left = after.lines().map(str::trim_end);
    let lines = before.lines().map(str::trim_end).filter(|line| !line.is_empty() && !about(line));
    lines.into_iter().all(|line| left.any(|other| other == line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pin(image: &str) -> Edit {
        Edit::PinSpecial(image.parse().expect("an image"))
    }

    const FILE: &str = "\
# secrets below
ccs_host: cts.example.org # the name
rts_id: \"1.20\"
images:
  # held for the integration
  trusts: registry/trusts:1.2
  kafka: registry/kafka:3
# the end
";

    #[test]
    fn setting_and_taking_out_leaves_the_file_as_it_was() {
        let asked = edited(FILE, &Edit::AskUpgrade).expect("an edit");
        assert_eq!(asked.matches("postgres_upgrade: true").count(), 1, "{asked}");
        assert_eq!(edited(&asked, &Edit::AskUpgrade).expect("an edit"), asked, "at most one key");
        let out = edited(&asked, &Edit::TakeUpgradeOut).expect("an edit");
        assert_eq!(out, FILE);
        let pinned = edited(FILE, &pin("cts/postgres:13.1-upgrade")).expect("an edit");
        assert_eq!(pinned.matches("images:").count(), 1, "{pinned}");
        let unpin = Edit::UnpinSpecial("postgres:14.4-from-9.5".parse().expect("an image"));
        assert_eq!(edited(&pinned, &unpin).expect("an edit"), FILE);
        assert_eq!(edited(FILE, &unpin).expect("an edit"), FILE);
    }

    #[test]
    fn forms_that_settings_take() {
        for text in [
            "",
            "# only a comment\n",
            "images:\n",
            "images: {}\n",
            "images: { trusts: a:1 }\n",
            "a: 1",
            "a: 1\r\nimages:\r\n  trusts: b:1\r\n",
            "images:\n    trusts: a:1\nlast: |\n  postgres: look-alike\n",
            "'images':\n  \"trusts\": a:1\n",
        ] {
            for edit in [pin("cts/postgres:14"), Edit::AskUpgrade] {
                match edited(text, &edit) {
                    Ok(after) => assert_ne!(after, text),
                    // Refusing is always right; being wrong never is.
                    Err(error) => assert_eq!(error, EditError::Unsafe, "{text:?}, {edit:?}"),
                }
            }
        }
        let both = edited("images: { trusts: a:1 }\n", &pin("cts/postgres:14")).expect("an edit");
        assert!(both.contains("trusts: a:1"), "{both}");
    }

    #[test]
    fn no_line_but_the_wanted_ones_is_lost() {
        let pins = [Change::Pin("postgres", "cts/postgres:14".to_owned())];
        let after = FILE.replace("  kafka", "  postgres: cts/postgres:14\n  kafka");
        assert!(keeps_lines(FILE, &after, &pins));
        for (line, other) in [
            ("ccs_host: cts.example.org # the name", "ccs_host: cts.example.org"),
            ("rts_id: \"1.20\"", "rts_id: 1.20"),
            ("# the end\n", ""),
            ("  # held for the integration\n", ""),
        ] {
            let lost = after.replace(line, other);
            assert!(lost != after && !keeps_lines(FILE, &lost, &pins), "{lost}");
        }
        assert!(!keeps_lines("a: 1\nb: 2\n", "b: 2\na: 1\n", &pins), "in their order");
    }

    #[test]
    fn what_is_not_beyond_doubt_is_refused() {
        for text in ["a: 1\n b: 2\n", "a: 1\na: 2\n", "- a\n", "a: [1\n", "images: 5\n", "\ta: 1\n"]
        {
            assert!(edited(text, &pin("cts/postgres:14")).is_err(), "{text:?}");
        }
    }
}

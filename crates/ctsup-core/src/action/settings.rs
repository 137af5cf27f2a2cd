//! Edits of `settings`: comments and order kept, one `images:` mapping, a copy before the first.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Args, Family, Kind, Repeat, Undo, node_arg};
use crate::name::{NodeName, SettingsPlace};
use crate::state::{Atom, Effect, is, is_not};
use crate::version::ImageRef;

/// One edit of a settings file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Settings {
    /// The copy made just before this edit.
    pub copy: String,
    /// What changes.
    pub edit: Edit,
    /// The file, absolute.
    pub file: String,
    /// The node on which it is edited.
    pub node: NodeName,
    /// Whose file.
    pub place: SettingsPlace,
}

/// What changes in settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Edit {
    /// `postgres_upgrade: true` at the end (PG.4, PN.2).
    AskUpgrade,
    /// `postgres_upgrade` out again (PG.7, PN.5).
    TakeUpgradeOut,
    /// `postgres_auto_upgrade: true` (PG.A).
    AutoUpgrade,
    /// The special image under `images:` (PN.1).
    PinSpecial(ImageRef),
    /// The special image's pin out again (A14).
    UnpinSpecial(ImageRef),
    /// The database stays as it is (PG.H).
    HoldDatabase(ImageRef),
    /// The old release's images (RB.1, AN-R.2, AN-R.4).
    Pin(BTreeMap<String, ImageRef>),
    /// Pins that hold the target back, out (K15).
    Unpin(Vec<String>),
}

impl Edit {
    /// The edit's short name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.code().trim_start_matches("settings-")
    }

    fn code(&self) -> &'static str {
        match self {
            Self::AskUpgrade => "settings-ask-upgrade",
            Self::TakeUpgradeOut => "settings-take-upgrade-out",
            Self::AutoUpgrade => "settings-auto-upgrade",
            Self::PinSpecial(_) => "settings-pin-special",
            Self::UnpinSpecial(_) => "settings-unpin-special",
            Self::HoldDatabase(_) => "settings-hold-database",
            Self::Pin(_) => "settings-pin",
            Self::Unpin(_) => "settings-unpin",
        }
    }
}

impl Family for Settings {
    fn code(&self) -> &'static str {
        self.edit.code()
    }

    fn kind(&self) -> Kind {
        Kind::Change
    }

    fn commands(&self) -> Vec<String> {
        let Self { copy, file, .. } = self;
        let mut all = self.keeping();
        all.extend([format!("vi {file}"), format!("diff -u {copy} {file}")]);
        all
    }

    fn effect(&self) -> Effect {
        let place = || self.place.clone();
        let mut effect = Effect::default();
        effect.done.push(is(Atom::SettingsKept(place())));
        effect.done.push(match self.edit {
            Edit::AskUpgrade => is(Atom::UpgradeKey(place())),
            Edit::TakeUpgradeOut => is_not(Atom::UpgradeKey(place())),
            Edit::PinSpecial(_) => is(Atom::SpecialPin(place())),
            Edit::UnpinSpecial(_) => is_not(Atom::SpecialPin(place())),
            Edit::AutoUpgrade | Edit::HoldDatabase(_) => is(Atom::PinsSet(place())),
            Edit::Pin(_) => is(Atom::Pinned(place())),
            Edit::Unpin(_) => is_not(Atom::Pinned(place())),
        });
        if matches!(self.edit, Edit::Pin(_)) {
            effect.needs.push(is(Atom::Decided));
            effect.done.push(is(Atom::PinsSet(place())));
        }
        effect
    }

    fn args(&self) -> Args {
        let mut args = vec![node_arg(&self.node), ("file", self.file.clone())];
        match &self.edit {
            Edit::PinSpecial(image) | Edit::UnpinSpecial(image) | Edit::HoldDatabase(image) => {
                args.push(("image", image.to_string()));
            }
            Edit::Pin(pins) => args.push(("count", pins.len().to_string())),
            Edit::Unpin(services) => {
                args.push(("count", services.len().to_string()));
                args.push(("services", services.join(", ")));
            }
            _ => {}
        }
        args
    }

    fn undo(&self) -> Undo {
        match self.edit {
            // With it back in its place the upgraded database would not start (invariant 12).
            Edit::TakeUpgradeOut | Edit::UnpinSpecial(_) => Undo::Nothing,
            _ => Undo::Commands(vec![format!("cp -a {} {}", self.copy, self.file)]),
        }
    }
}

impl Settings {
    /// What keeps the file before it is edited. A copy for each edit: the difference shows this edit
    /// alone, and so does its undo.
    #[must_use]
    pub fn keeping(&self) -> Vec<String> {
        vec![super::made(&self.copy), super::kept(&self.file, &self.copy)]
    }

    /// The lines that the file has, or no longer has, after the edit: `+` or `-` and the text.
    #[must_use]
    pub fn lines(&self) -> Vec<(char, String)> {
        let image = |service: &str, image: &ImageRef| ('+', format!("  {service}: {image}"));
        let images = |lines: Vec<(char, String)>| {
            let mut all = vec![(' ', "images:".to_owned())];
            all.extend(lines);
            all
        };
        match &self.edit {
            Edit::AskUpgrade => vec![('+', "postgres_upgrade: true".to_owned())],
            Edit::TakeUpgradeOut => vec![('-', "postgres_upgrade: true".to_owned())],
            Edit::AutoUpgrade => vec![('+', "postgres_auto_upgrade: true".to_owned())],
            Edit::PinSpecial(pin) | Edit::HoldDatabase(pin) => images(vec![image("postgres", pin)]),
            Edit::UnpinSpecial(pin) => images(vec![('-', format!("  postgres: {pin}"))]),
            Edit::Pin(pins) => images(pins.iter().map(|(s, i)| image(s, i)).collect()),
            Edit::Unpin(services) => {
                images(services.iter().map(|s| ('-', format!("  {s}: …"))).collect())
            }
        }
    }

    /// Repeating an edit finds it made.
    #[must_use]
    pub fn repeat(&self) -> Repeat {
        Repeat::Safe
    }
}

//! The words: every sentence that a person reads, in each language, from Fluent files.
//!
//! Code names a message and its arguments; no sentence is made anywhere else. The build compares
//! the languages (`build.rs`), so a message that one of them lacks never gets this far.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lang {
    /// English.
    En,
    /// Russian.
    Ru,
}

impl Lang {
    /// All languages.
    pub const ALL: [Self; 2] = [Self::En, Self::Ru];

    /// The name on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ru => "ru",
        }
    }

    /// By the name on the command line.
    ///
    /// ```
    /// use ctsup_render::Lang;
    ///
    /// assert_eq!(Lang::parse("ru"), Some(Lang::Ru));
    /// assert_eq!(Lang::parse("de"), None);
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lang| lang.as_str() == text)
    }
}

/// What a message is filled with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arg {
    /// A text; one that is a whole number counts as that number.
    Text(String),
    /// A whole number: it selects the right plural.
    Whole(u64),
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for Arg {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<u64> for Arg {
    fn from(whole: u64) -> Self {
        Self::Whole(whole)
    }
}

impl From<u32> for Arg {
    fn from(whole: u32) -> Self {
        Self::Whole(whole.into())
    }
}

impl From<usize> for Arg {
    fn from(whole: usize) -> Self {
        Self::Whole(whole as u64)
    }
}

impl From<Arg> for FluentValue<'static> {
    fn from(arg: Arg) -> Self {
        match arg {
            // Core's arguments are texts; a count among them must still select the right plural.
            // Only as a text that reads back the same: `01` stays what it is.
            Arg::Text(text) => match text.parse::<u64>() {
                Ok(whole) if text.len() < 16 && whole.to_string() == text => {
                    FluentValue::from(whole)
                }
                _ => FluentValue::from(text),
            },
            Arg::Whole(whole) => FluentValue::from(whole),
        }
    }
}

/// The words of one language.
pub struct Words {
    lang: Lang,
    bundle: FluentBundle<FluentResource>,
}

impl Words {
    /// The words of a language; made once.
    #[must_use]
    pub fn of(lang: Lang) -> &'static Self {
        static EN: LazyLock<Words> = LazyLock::new(|| Words::new(Lang::En));
        static RU: LazyLock<Words> = LazyLock::new(|| Words::new(Lang::Ru));
        match lang {
            Lang::En => &EN,
            Lang::Ru => &RU,
        }
    }

    fn new(lang: Lang) -> Self {
        let id: LanguageIdentifier =
            lang.as_str().parse().expect("the names in `Lang` are language tags");
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        // Terminals and paper show isolating marks as rubbish.
        bundle.set_use_isolating(false);
        for text in files(lang) {
            let resource = FluentResource::try_new((*text).to_owned())
                .expect("the build has parsed every file of words");
            bundle.add_resource(resource).expect("the build has refused messages that stand twice");
        }
        Self { lang, bundle }
    }

    /// Which language.
    #[must_use]
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// Whether there is a message, or an attribute (`id.attribute`).
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        match id.split_once('.') {
            Some((id, attribute)) => self
                .bundle
                .get_message(id)
                .is_some_and(|message| message.get_attribute(attribute).is_some()),
            None => self.bundle.get_message(id).is_some_and(|message| message.value().is_some()),
        }
    }

    /// A message, or an attribute of one (`id.attribute`), filled in.
    ///
    /// What is missing shows as `{id}`; the build and the tests see to it that nothing is.
    ///
    /// ```
    /// use ctsup_render::{Lang, Words};
    ///
    /// let say = |n: u64| Words::of(Lang::Ru).say("plan-steps", &[("count", n.into())]);
    /// assert_eq!(say(21), "21 шаг");
    /// assert_eq!(say(2), "2 шага");
    /// assert_eq!(say(11), "11 шагов");
    /// ```
    #[must_use]
    pub fn say(&self, id: &str, args: &[(&str, Arg)]) -> String {
        self.filled(id, args).unwrap_or_else(|| format!("{{{id}}}"))
    }

    fn filled(&self, id: &str, args: &[(&str, Arg)]) -> Option<String> {
        let pattern = match id.split_once('.') {
            Some((id, attribute)) => self.bundle.get_message(id)?.get_attribute(attribute)?.value(),
            None => self.bundle.get_message(id)?.value()?,
        };
        let mut filling = FluentArgs::new();
        for (name, value) in args {
            filling.set(*name, FluentValue::from(value.clone()));
        }
        // A reference that cannot be resolved is written out by Fluent as `{$name}`.
        let mut unresolved = Vec::new();
        Some(self.bundle.format_pattern(pattern, Some(&filling), &mut unresolved).into_owned())
    }
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Words").field("lang", &self.lang).finish_non_exhaustive()
    }
}

macro_rules! embedded {
    ($lang:literal) => {
        &[
            include_str!(concat!("words/", $lang, "/plan.ftl")),
            include_str!(concat!("words/", $lang, "/action.ftl")),
            include_str!(concat!("words/", $lang, "/claim.ftl")),
            include_str!(concat!("words/", $lang, "/proof.ftl")),
            include_str!(concat!("words/", $lang, "/warning.ftl")),
            include_str!(concat!("words/", $lang, "/invariant.ftl")),
            include_str!(concat!("words/", $lang, "/row.ftl")),
            include_str!(concat!("words/", $lang, "/reading.ftl")),
            include_str!(concat!("words/", $lang, "/diagnostic.ftl")),
            include_str!(concat!("words/", $lang, "/help.ftl")),
            include_str!(concat!("words/", $lang, "/key.ftl")),
            include_str!(concat!("words/", $lang, "/certificate.ftl")),
            include_str!(concat!("words/", $lang, "/run.ftl")),
        ]
    };
}

/// The texts of a language's files; every file of `words/` is in it.
fn files(lang: Lang) -> &'static [&'static str] {
    match lang {
        Lang::En => embedded!("en"),
        Lang::Ru => embedded!("ru"),
    }
}

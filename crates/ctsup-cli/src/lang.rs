//! Which language people are spoken to in, decided before anything is said: `--help` and usage
//! errors have to be in it too.

use std::ffi::OsString;

use ctsup_render::Lang;

/// `--lang`, then `CTSUP_LANG`, then the locale as POSIX ranks it. A wrong value is passed over
/// here; of a wrong `--lang` the arguments complain later.
pub(crate) fn choose(args: &[OsString], env: impl Fn(&str) -> Option<String>) -> Lang {
    if let Some(lang) = asked(args).and_then(|value| Lang::parse(&value)) {
        return lang;
    }
    if let Some(lang) = env("CTSUP_LANG").and_then(|value| Lang::parse(&value)) {
        return lang;
    }
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .find_map(|name| env(name).filter(|value| !value.is_empty()));
    match locale {
        Some(locale) if locale.to_ascii_lowercase().starts_with("ru") => Lang::Ru,
        _ => Lang::En,
    }
}

/// The last `--lang` among the arguments.
fn asked(args: &[OsString]) -> Option<String> {
    value(args, "--lang")
}

/// The value of the last such option among the arguments, before they are understood.
pub(crate) fn value(args: &[OsString], option: &str) -> Option<String> {
    let texts: Vec<_> = args
        .iter()
        .skip(1)
        .map(|arg| arg.to_string_lossy().into_owned())
        .take_while(|arg| arg != "--")
        .collect();
    let attached = |arg: &String| arg.strip_prefix(option)?.strip_prefix('=').map(str::to_owned);
    texts.iter().enumerate().rev().find_map(|(index, arg)| {
        attached(arg).or_else(|| (arg == option).then(|| texts.get(index + 1).cloned())?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(args: &[&str], env: &[(&str, &str)]) -> Lang {
        let args: Vec<_> =
            std::iter::once("ctsup").chain(args.iter().copied()).map(OsString::from).collect();
        choose(&args, |name| {
            env.iter().find(|(have, _)| *have == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_nearest_wish_wins() {
        assert_eq!(chosen(&[], &[]), Lang::En);
        assert_eq!(chosen(&[], &[("LANG", "ru_RU.UTF-8")]), Lang::Ru);
        assert_eq!(chosen(&[], &[("LANG", "ru_RU.UTF-8"), ("LC_ALL", "C")]), Lang::En);
        assert_eq!(chosen(&[], &[("LANG", "ru_RU.UTF-8"), ("LC_ALL", "")]), Lang::Ru);
        assert_eq!(chosen(&[], &[("LC_ALL", "en_US"), ("CTSUP_LANG", "ru")]), Lang::Ru);
        assert_eq!(chosen(&["--lang", "en"], &[("CTSUP_LANG", "ru")]), Lang::En);
        assert_eq!(chosen(&["plan", "--lang=ru"], &[]), Lang::Ru);
    }

    #[test]
    fn what_cannot_be_a_language_is_passed_over() {
        assert_eq!(chosen(&["--lang", "de"], &[("LANG", "ru")]), Lang::Ru);
        assert_eq!(chosen(&["--lang"], &[]), Lang::En);
        assert_eq!(chosen(&["--", "--lang=ru"], &[]), Lang::En);
        assert_eq!(chosen(&[], &[("CTSUP_LANG", "klingon")]), Lang::En);
    }
}

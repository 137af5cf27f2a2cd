//! `ctsup cert`: a certificate bundle and its key against the guide's requirements.

use std::path::PathBuf;
use std::time::SystemTime;

use clap::builder::PossibleValuesParser;
use clap::{ArgMatches, Command, value_parser};
use ctsup_certificate::{Report, Time, check};
use ctsup_render::Words;

use crate::console::{Console, Form};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::{help, input};

mod json;
mod text;

pub(crate) fn define(words: &'static Words) -> Command {
    let file = |id: &'static str, about| {
        help::positional(words, id, id, about).required(true).value_parser(value_parser!(PathBuf))
    };
    help::command(words, "cert").args([
        file("bundle", "help-cert-bundle"),
        file("key", "help-cert-key"),
        help::option(words, "host", "host", "help-cert-host", "input").required(true),
        help::option(words, "at", "time", "help-cert-at", "input"),
        help::option(words, "format", "format", "help-cert-format", "output")
            .value_parser(PossibleValuesParser::new(["text", "json"])),
    ])
}

/// What was checked, for the reports.
struct Checked<'a> {
    bundle: String,
    key: String,
    host: &'a str,
    at: Time,
    report: Report,
}

pub(crate) fn run(matches: &ArgMatches, console: &Console) -> Result<Exit, Failure> {
    let words = console.words;
    let path = |id: &str| matches.get_one::<PathBuf>(id).expect("clap demands it");
    let (bundle, key) = (path("bundle"), path("key"));
    if input::is_stdin(bundle) && input::is_stdin(key) {
        return Err(Failure::Usage(words.say("usage-two-stdins", &[])));
    }
    let host = matches.get_one::<String>("host").expect("clap demands it");
    let at = match matches.get_one::<String>("at") {
        Some(text) => moment(text)
            .ok_or_else(|| Failure::Usage(words.say("usage-time", &[("value", text.into())])))?,
        None => SystemTime::now().into(),
    };
    let json = matches.get_one::<String>("format").is_some_and(|format| format == "json");
    let read = input::bytes(bundle).and_then(|bundle| Ok((bundle, input::bytes(key)?)));
    let (certificates, private) = match read {
        Err(failure) if json => {
            console.result(&failure.document(console, Form::Json))?;
            return Ok(Exit::Faulty);
        }
        read => read?,
    };
    let report = check(&certificates, &private, host, at);
    let refused = report.refused();
    let name = |path: &PathBuf| path.display().to_string();
    let checked = Checked { bundle: name(bundle), key: name(key), host, at, report };
    console.result(&if json {
        json::render(&checked, words)
    } else {
        text::render(&checked, words)
    })?;
    Ok(if refused { Exit::Faulty } else { Exit::Done })
}

/// A day, or a moment in UTC: `2026-12-31`, `2026-12-31T08:00:00Z`.
fn moment(text: &str) -> Option<Time> {
    let (date, clock) = match text.split_once('T') {
        Some((date, clock)) => (date, clock.strip_suffix('Z')?),
        None => (text, "00:00:00"),
    };
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let [hour, minute, second] = numbers(clock, ':', [2, 2, 2])?;
    let small = |number: i32| u8::try_from(number).ok();
    let month = time::Month::try_from(small(month)?).ok()?;
    let date = time::Date::from_calendar_date(year, month, small(day)?).ok()?;
    let moment = date.with_hms(small(hour)?, small(minute)?, small(second)?).ok()?;
    Some(Time::from_unix(moment.assume_utc().unix_timestamp()))
}

/// Three numbers of so many digits, with a sign between.
fn numbers(text: &str, between: char, digits: [usize; 3]) -> Option<[i32; 3]> {
    let mut parts = text.split(between);
    let mut numbers = [0; 3];
    for (number, digits) in numbers.iter_mut().zip(digits) {
        let part = parts.next()?;
        let right = part.len() == digits && part.bytes().all(|b| b.is_ascii_digit());
        *number = part.parse().ok().filter(|_| right)?;
    }
    parts.next().is_none().then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments() {
        assert_eq!(moment("1970-01-02"), Some(Time::from_unix(86_400)));
        assert_eq!(moment("2030-01-01T00:00:01Z"), Some(Time::from_unix(1_893_456_001)));
        for wrong in ["", "2026", "2026-13-01", "2026-02-30", "26-01-01", "2026-01-01T08:00Z"] {
            assert_eq!(moment(wrong), None, "{wrong}");
        }
    }
}

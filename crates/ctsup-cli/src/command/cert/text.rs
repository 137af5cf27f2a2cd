//! The report on a certificate for people: what lies in the file, what is wrong, whether to use it.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use ctsup_certificate::{Finding, Role, Severity, Summary};
use ctsup_render::{Arg, Words};

use super::Checked;

const NOTE: Style = AnsiColor::BrightGreen.on_default().bold();
const WARN: Style = AnsiColor::Yellow.on_default().bold();
const REFUSE: Style = AnsiColor::BrightRed.on_default().bold();

/// The report, worst findings first.
pub(super) fn render(checked: &Checked<'_>, words: &Words) -> String {
    let mut text = String::new();
    let files = words.say(
        "certificate-files",
        &[
            ("bundle", checked.bundle.as_str().into()),
            ("key", checked.key.as_str().into()),
            ("host", checked.host.into()),
            ("at", checked.at.to_string().into()),
        ],
    );
    let _ = writeln!(text, "{files}\n");
    for (index, summary) in checked.report.certificates.iter().enumerate() {
        certificate(&mut text, index + 1, summary, words);
    }
    if !checked.report.certificates.is_empty() {
        text.push('\n');
    }
    for severity in [Severity::Refuse, Severity::Warn, Severity::Note] {
        for one in checked.report.of(severity) {
            finding(&mut text, one, words);
        }
    }
    let any = |severity| checked.report.of(severity).next().is_some();
    let verdict = if any(Severity::Refuse) {
        "certificate-bad"
    } else if any(Severity::Warn) {
        "certificate-good-but"
    } else {
        "certificate-good"
    };
    let _ = writeln!(text, "\n{}", words.say(verdict, &[]));
    text
}

fn certificate(text: &mut String, number: usize, summary: &Summary, words: &Words) {
    let role = words.say(&format!("certificate-role-{}", role(summary.role)), &[]);
    let say =
        |part: &str, args: &[(&str, Arg)]| words.say(&format!("certificate-shown{part}"), args);
    let head = [
        ("number", number.into()),
        ("role", role.into()),
        ("subject", summary.subject.as_str().into()),
    ];
    let _ = writeln!(text, "{}", say("", &head));
    if summary.role != Role::Root {
        let issuer = [("issuer", summary.issuer.as_str().into())];
        let _ = writeln!(text, "   {}", say(".issuer", &issuer));
    }
    if !summary.names.is_empty() {
        let names = [("names", summary.names.join(", ").into())];
        let _ = writeln!(text, "   {}", say(".names", &names));
    }
    let valid = [
        ("from", summary.not_before.to_string().into()),
        ("to", summary.not_after.to_string().into()),
    ];
    let _ = writeln!(text, "   {}", say(".valid", &valid));
    let key = [
        ("key", summary.key.as_str().into()),
        ("fingerprint", summary.fingerprint.as_str().into()),
    ];
    let _ = writeln!(text, "   {}", say(".key", &key));
}

fn finding(text: &mut String, finding: &Finding, words: &Words) {
    let (style, name) = match finding.severity {
        Severity::Refuse => (REFUSE, "refuse"),
        Severity::Warn => (WARN, "warn"),
        Severity::Note => (NOTE, "note"),
    };
    let severity = words.say(&format!("certificate-severity-{name}"), &[]);
    let about = match finding.certificate {
        Some(index) => {
            format!("{}: ", words.say("certificate-about", &[("number", (index + 1).into())]))
        }
        None => String::new(),
    };
    let said = said(finding, words);
    let code = finding.code.as_str();
    let _ = writeln!(text, "{style}{severity}[{code}]{style:#}: {about}{}", said.message);
    if finding.severity != Severity::Note {
        let _ = writeln!(text, "  = {}: {}", words.say("finding-help", &[]), said.help);
    }
}

/// A finding in words.
pub(super) struct Said {
    pub(super) message: String,
    pub(super) help: String,
}

pub(super) fn said(finding: &Finding, words: &Words) -> Said {
    let args: Vec<_> =
        finding.args.iter().map(|(name, value)| (*name, Arg::from(value.as_str()))).collect();
    let id = format!("certificate-{}", finding.code.as_str());
    Said { message: words.say(&id, &args), help: words.say(&format!("{id}.help"), &args) }
}

pub(super) fn role(role: Role) -> &'static str {
    match role {
        Role::Server => "server",
        Role::Intermediate => "intermediate",
        Role::Root => "root",
        Role::Foreign => "foreign",
        Role::Duplicate => "duplicate",
    }
}

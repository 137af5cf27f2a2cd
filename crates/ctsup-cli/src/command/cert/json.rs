//! The report on a certificate for programs: codes and arguments, the sentences beside them.

use ctsup_certificate::{Finding, Severity, Summary};
use ctsup_render::Words;
use serde_json::{Value, json};

use super::Checked;
use super::text::{role, said};

/// One document; fields are only added within a version.
pub(super) fn render(checked: &Checked<'_>, words: &Words) -> String {
    let report = &checked.report;
    let document = json!({
        "format": { "name": "ctsup-certificate", "version": 1 },
        "host": checked.host,
        "at": checked.at.to_string(),
        "refused": report.refused(),
        "certificates": report.certificates.iter().map(certificate).collect::<Vec<_>>(),
        "findings": report.findings.iter().map(|one| finding(one, words)).collect::<Vec<_>>(),
    });
    let mut text = serde_json::to_string_pretty(&document).expect("values are always JSON");
    text.push('\n');
    text
}

fn certificate(summary: &Summary) -> Value {
    json!({
        "line": summary.line,
        "role": role(summary.role),
        "subject": summary.subject,
        "issuer": summary.issuer,
        "names": summary.names,
        "not_before": summary.not_before.to_string(),
        "not_after": summary.not_after.to_string(),
        "key": summary.key,
        "sha256": summary.fingerprint,
    })
}

fn finding(finding: &Finding, words: &Words) -> Value {
    let severity = match finding.severity {
        Severity::Refuse => "refuse",
        Severity::Warn => "warn",
        Severity::Note => "note",
    };
    let said = said(finding, words);
    json!({
        "code": finding.code.as_str(),
        "severity": severity,
        "certificate": finding.certificate.map(|index| index + 1),
        "args": finding.args,
        "message": said.message,
        "help": said.help,
    })
}

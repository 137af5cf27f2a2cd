//! What two plans promise and rest on: claims, risks, hazards, what stays open, what is left out.

use super::{Difference, Side};

/// What a plan says under one heading.
type Lines = fn(&Side<'_>) -> Vec<String>;

impl Difference<'_> {
    pub(super) fn promises(&mut self) {
        let pairs: [(&str, Lines); 8] = [
            ("difference-claims", claims),
            ("difference-accepted", accepted),
            ("difference-hazards", hazards),
            ("difference-no-return", no_return),
            ("difference-open", open),
            ("difference-left-out", left_out),
            ("difference-readings", readings),
            ("difference-start", start),
        ];
        for (id, lines) in pairs {
            let (old, new) = (lines(&self.old), lines(&self.new));
            self.lost_and_gained(id, old, new);
        }
    }
}

fn claims(side: &Side<'_>) -> Vec<String> {
    let claims = side.plan.claims.iter();
    claims
        .map(|claim| {
            format!("{} ({})", side.phrases.claim(claim), side.phrases.origin(claim.origin))
        })
        .collect()
}

fn accepted(side: &Side<'_>) -> Vec<String> {
    let names = side.plan.accepted.iter();
    names.map(|name| format!("{name}: {}", side.phrases.risk(name))).collect()
}

fn hazards(side: &Side<'_>) -> Vec<String> {
    let warnings = side.plan.warnings.iter();
    warnings
        .map(|warning| {
            let text = side.phrases.warning(warning);
            match (&warning.step, &warning.until) {
                (Some(step), Some(until)) => format!("{step} \u{2026} {until}: {text}"),
                (Some(step), None) => format!("{step}: {text}"),
                _ => text,
            }
        })
        .collect()
}

fn no_return(side: &Side<'_>) -> Vec<String> {
    let point = side.plan.point_of_no_return.iter();
    point.map(|point| format!("{}: {}", point.step, side.phrases.no_return(point))).collect()
}

fn open(side: &Side<'_>) -> Vec<String> {
    side.plan.end().debts().map(|debt| side.phrases.atom(debt)).collect()
}

fn left_out(side: &Side<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    for (cause, rows) in side.phrases.left_out() {
        lines.extend(rows.iter().map(|row| format!("{row} {}: {cause}", side.phrases.row(*row))));
    }
    lines
}

fn readings(side: &Side<'_>) -> Vec<String> {
    let readings = side.plan.readings.iter();
    readings.map(|taken| format!("{} {}", taken.key, side.phrases.taken(taken))).collect()
}

fn start(side: &Side<'_>) -> Vec<String> {
    side.plan.start.atoms().map(|atom| side.phrases.atom(atom)).collect()
}

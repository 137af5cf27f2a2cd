//! What a person most likely meant: misspelt names, look-alike letters, units as other tools print
//! them.

/// Cyrillic letters that look like Latin ones, or lie on the same key and are taken for them.
const LOOK_ALIKES: &str = "аaеeоoрpсcуyхxіiѕsјjкkмmтtАAВBЕEКKМMНHОOРPСCТTХXУY";

/// The text with Latin letters for those that only look so, and the first such letter.
pub(crate) fn latin(text: &str) -> (String, Option<char>) {
    let pairs: Vec<char> = LOOK_ALIKES.chars().collect();
    let mut first = None;
    let latin = text
        .chars()
        .map(|c| {
            let pair = pairs.chunks(2).find(|pair| pair[0] == c);
            if pair.is_some() {
                first = first.or(Some(c));
            }
            pair.map_or(c, |pair| pair[1])
        })
        .collect();
    (latin, first)
}

/// The known name a person most likely meant: the same but for case or look-alikes, one slip away,
/// or alike.
#[must_use]
pub fn nearest<'a>(have: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let have = latin(have).0.to_lowercase();
    known
        .filter_map(|name| {
            let lower = name.to_lowercase();
            let likeness = strsim::jaro_winkler(&have, &lower);
            // One letter of one is no slip but another name.
            let slip = have.chars().count() > 1 && strsim::osa_distance(&have, &lower) <= 1;
            let alike = have.chars().count() > 2 && likeness >= 0.8;
            (slip || alike).then_some(((slip, likeness), name))
        })
        .max_by(|a, b| a.0.0.cmp(&b.0.0).then(a.0.1.total_cmp(&b.0.1)).then_with(|| b.1.cmp(a.1)))
        .map(|(_, name)| name)
}

/// Whether two names resemble each other at all: enough where nothing else can be meant.
pub(crate) fn resembles(have: &str, name: &str) -> bool {
    strsim::jaro_winkler(&latin(have).0.to_lowercase(), name) >= 0.6
}

/// A size as `df -h`, `du -h` and people write it, in the form that is read here.
pub(crate) fn size_meant(text: &str) -> Option<String> {
    let text = text.trim();
    let digits =
        text.bytes().take_while(|b| b.is_ascii_digit() || *b == b'.' || *b == b',').count();
    let (number, unit) = text.split_at(digits);
    let steps = ["KiB", "MiB", "GiB", "TiB"];
    let place = match unit.trim().to_lowercase().as_str() {
        "k" | "ki" | "kib" | "к" | "кб" | "киб" => 0,
        "m" | "mi" | "mib" | "м" | "мб" | "миб" => 1,
        "g" | "gi" | "gib" | "г" | "гб" | "гиб" => 2,
        "t" | "ti" | "tib" | "т" | "тб" | "тиб" => 3,
        _ => return None,
    };
    let (whole, fraction) = number.split_once(['.', ',']).unwrap_or((number, ""));
    let whole: u64 = whole.parse().ok()?;
    if fraction.bytes().all(|b| b == b'0') {
        return Some(format!("{whole} {}", steps[place]));
    }
    // `30.5 GiB` in the next smaller unit, rounded up: a space needed is never understated.
    let smaller = *steps.get(place.checked_sub(1)?)?;
    let parts: u64 = fraction.parse().ok()?;
    let of = 10_u64.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let rest = parts.checked_mul(1024)?.div_ceil(of);
    Some(format!("{} {smaller}", whole.checked_mul(1024)?.checked_add(rest)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(have: &str, known: &[&'static str]) -> Option<&'static str> {
        nearest(have, known.iter().copied())
    }

    #[test]
    fn slips_case_and_look_alikes() {
        assert_eq!(near("ROLE", &["role", "fqdn"]), Some("role"));
        assert_eq!(near("bi", &["to", "by"]), Some("by"));
        assert_eq!(near("ur", &["url", "user"]), Some("url"));
        assert_eq!(near("hha", &["single", "split", "ha"]), Some("ha"));
        assert_eq!(near("cps", &["pcs", "active"]), Some("pcs"));
        assert_eq!(near("bakc-01", &["back-01", "back-02"]), Some("back-01"));
        // The first two letters are Cyrillic.
        assert_eq!(near("\u{441}\u{43e}py", &["copy", "command"]), Some("copy"));
        assert_eq!(near("fetch-first", &["fetch_first"]), Some("fetch_first"));
        assert_eq!(near("zz", &["to", "by"]), None);
        assert_eq!(near("x", &["a"]), None);
    }

    #[test]
    fn sizes_as_other_tools_print_them() {
        for (have, meant) in [
            ("30G", "30 GiB"),
            ("30Gi", "30 GiB"),
            ("30 ГиБ", "30 GiB"),
            ("30.0 GiB", "30 GiB"),
            ("30.5 GiB", "31232 MiB"),
            ("1,5T", "1536 GiB"),
            ("500m", "500 MiB"),
        ] {
            assert_eq!(size_meant(have).as_deref(), Some(meant), "{have}");
        }
        for have in ["G", "", "30 parsecs", "1.5K", "99999999999999999999G"] {
            assert_eq!(size_meant(have), None, "{have}");
        }
    }
}

//! When certificates are valid.

use ctsup_certificate::{Time, check};
use rcgen::date_time_ymd;

use crate::make::{DAY, HOST, Made, bytes, faults};

#[test]
fn dates_of_every_certificate_count() {
    for position in 0..3 {
        let mut made = Made::new();
        let holder = [&mut made.server, &mut made.intermediate, &mut made.root]
            .into_iter()
            .nth(position)
            .unwrap();
        holder.params.not_before = date_time_ymd(2029, 6, 1);
        holder.params.not_after = date_time_ymd(2030, 6, 1);
        let place = position + 1;
        for (at, expected) in [
            (1_874_966_400 - 1, format!("not-yet-valid@{place} not_before=2029-06-01T00:00:00Z")),
            (1_874_966_400, String::new()),
            (1_906_502_400 - 30 * DAY, String::new()),
            (
                1_906_502_400 - 30 * DAY + 1,
                format!("expires-soon@{place} days=29 not_after=2030-06-01T00:00:00Z"),
            ),
            (1_906_502_400, format!("expires-soon@{place} days=0 not_after=2030-06-01T00:00:00Z")),
            (1_906_502_400 + 1, format!("expired@{place} not_after=2030-06-01T00:00:00Z")),
        ] {
            let report =
                check(made.bundle().as_bytes(), &bytes("server.key"), HOST, Time::from_unix(at));
            let expected: Vec<_> =
                Some(expected).filter(|line| !line.is_empty()).into_iter().collect();
            assert_eq!(faults(&report), expected, "{position} {at}");
        }
    }
}

#[test]
fn moments_are_written_as_rfc_3339() {
    for (seconds, text) in [
        (0, "1970-01-01T00:00:00Z"),
        (-1, "1969-12-31T23:59:59Z"),
        (951_782_400, "2000-02-29T00:00:00Z"),
        (253_402_300_799, "9999-12-31T23:59:59Z"),
        (i64::MAX, "@9223372036854775807"),
    ] {
        assert_eq!(Time::from_unix(seconds).to_string(), text);
    }
    let now = std::time::UNIX_EPOCH + std::time::Duration::from_secs(5);
    assert_eq!(Time::from(now), Time::from_unix(5));
}

//! Sizes: of a docker volume in `docker system df -v`, of free space in `df -B1`.

use super::{ReadError, terminal};

/// Free space where a path lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreeSpace {
    /// Bytes that may still be written.
    pub bytes: u64,
    /// Where the file system is mounted: two paths with the same mount share their space.
    pub mount: String,
}

/// The last line of `du -sc --block-size=1`: all paths together, in bytes. Nothing where a line is none
/// of `du`, or where there is no total.
#[must_use]
pub fn total(text: &str) -> Option<u64> {
    let rows = text.lines().filter(|row| !row.trim().is_empty());
    let rows: Option<Vec<(u64, &str)>> = rows
        .map(|row| {
            let (bytes, path) = row.trim().split_once(char::is_whitespace)?;
            Some((bytes.parse().ok()?, path.trim()))
        })
        .collect();
    let rows = rows?;
    let ((total, name), paths) = rows.split_last()?;
    // Its name is in the language of the host; what was counted has a path.
    let counted = !paths.is_empty() && paths.iter().all(|(_, path)| path.starts_with('/'));
    (counted && !name.starts_with('/')).then_some(*total)
}

/// The size in bytes of the volume named exactly `volume` in `docker system df -v`.
///
/// Only the table of volumes counts: the name also stands in images and containers, and within
/// longer names. A volume that is not listed has an unknown size, not the size 0. Docker rounds to
/// four digits, so the true size may be some 0.05 % larger.
pub fn volume_size(text: &str, volume: &str) -> Result<u64, ReadError> {
    const WHAT: &str = "volume-table";
    let plain = terminal::plain(text);
    let mut headed = false;
    let mut found = false;
    let mut inside = false;
    for (line, text) in terminal::lines(&plain) {
        let words: Vec<&str> = text.split_whitespace().collect();
        match words[..] {
            ["Local", "Volumes", "space", "usage:"] => headed = true,
            // Old docker wrote NAME, which titles the table of volumes only under its heading.
            ["VOLUME", "NAME", "LINKS", "SIZE"] => inside = true,
            ["NAME", "LINKS", "SIZE"] if headed => inside = true,
            // No other table's row has the form of a volume's; the next heading ends this one.
            [_, .., "usage:"] | [_, .., "usage:", _] => inside = false,
            [name, links, ref size @ ..] if inside && name == volume => {
                let bytes = links.parse::<u32>().ok().and_then(|_| read_size(&size.concat()));
                return bytes.ok_or_else(|| ReadError::Malformed {
                    what: "volume-size",
                    line,
                    text: text.to_owned(),
                });
            }
            _ => {}
        }
        found |= inside;
    }
    Err(if found {
        ReadError::NotListed { what: WHAT, name: volume.to_owned() }
    } else {
        ReadError::Missing { what: WHAT }
    })
}

/// `817.9GB`, `36B`, and docker's own slip `1e+03kB`, in decimal units.
fn read_size(text: &str) -> Option<u64> {
    const UNITS: [(&str, u32); 7] =
        [("kB", 3), ("KB", 3), ("MB", 6), ("GB", 9), ("TB", 12), ("PB", 15), ("B", 0)];
    let (number, power) =
        UNITS.iter().find_map(|(unit, power)| Some((text.strip_suffix(unit)?, *power)))?;
    let (mantissa, exponent) = number.split_once("e+").unwrap_or((number, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) || !digits(exponent) {
        return None;
    }
    let scale = power.checked_add(exponent.parse().ok()?)?;
    let shift = scale.checked_sub(u32::try_from(fraction.len()).ok()?)?;
    let value: u64 = format!("{whole}{fraction}").parse().ok()?;
    value.checked_mul(10u64.checked_pow(shift)?)
}

/// Reads `df -B1 --output=avail,target PATH`: one path, one row, under a header in any language.
pub fn free_space(text: &str) -> Result<FreeSpace, ReadError> {
    let plain = terminal::plain(text);
    let rows: Vec<FreeSpace> = plain.lines().filter_map(read_row).collect();
    match <[FreeSpace; 1]>::try_from(rows) {
        Ok([row]) => Ok(row),
        Err(rows) => Err(ReadError::Count { what: "df-row", expected: 1, found: rows.len() }),
    }
}

fn read_row(line: &str) -> Option<FreeSpace> {
    let (bytes, mount) = line.trim().split_once(char::is_whitespace)?;
    let mount = mount.trim_start();
    let bytes = bytes.parse().ok()?;
    mount.starts_with('/').then(|| FreeSpace { bytes, mount: mount.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAB: &str = include_str!("../../tests/fixtures/reader/docker/system-df-v.txt");

    #[test]
    fn volumes_of_a_real_host() {
        assert_eq!(volume_size(LAB, "express_postgres").expect("listed"), 3);
        assert_eq!(volume_size(LAB, "express-voice_coturn").expect("listed"), 0);
    }

    #[test]
    fn names_of_images_and_containers_and_parts_of_names_are_not_volumes() {
        for name in
            ["express_postgres_1", "postgres", "lab/busybox", "express_", "VOLUME", "Build", ""]
        {
            let read = volume_size(LAB, name);
            assert!(matches!(read, Err(ReadError::NotListed { .. })), "{name}: {read:?}");
        }
    }

    #[test]
    fn old_titles_and_old_sizes() {
        let old = "Images space usage:\n\nNAME LINKS SIZE\ncts_db 9 9 GB\n\n\
            Local Volumes space usage:\n\nNAME                LINKS               SIZE\n\
            cts_db              1                   36 B\ncts_files 2 12.29 kB\n";
        assert_eq!(volume_size(old, "cts_db").expect("listed"), 36);
        assert_eq!(volume_size(old, "cts_files").expect("listed"), 12_290);
    }

    #[test]
    fn without_the_table_the_size_is_unknown() {
        for text in ["", "cts_postgres_data   1   817.9GB\n", "Images space usage:\n"] {
            assert!(matches!(
                volume_size(text, "cts_postgres_data"),
                Err(ReadError::Missing { .. })
            ));
        }
        let titles = "VOLUME NAME   LINKS     SIZE\n\nBuild cache usage: 0B\n\nx   1   1B\n";
        assert!(matches!(volume_size(titles, "x"), Err(ReadError::NotListed { .. })));
        let unknown = "VOLUME NAME LINKS SIZE\nx 1 N/A\n";
        assert!(matches!(volume_size(unknown, "x"), Err(ReadError::Malformed { line: 2, .. })));
    }

    #[test]
    fn decimal_sizes_without_rounding_of_ours() {
        for (text, bytes) in [
            ("0B", Some(0)),
            ("817.9GB", Some(817_900_000_000)),
            ("708.3MB", Some(708_300_000)),
            ("1e+03kB", Some(1_000_000)),
            ("18.4PB", Some(18_400_000_000_000_000)),
            ("99999999PB", None),
            ("1.5B", None),
            ("GB", None),
            ("-1GB", None),
            ("12", None),
        ] {
            assert_eq!(read_size(text), bytes, "{text}");
        }
    }

    #[test]
    fn one_row_of_df() {
        let read = free_space("      Avail Mounted on\n65970122752 /var/lib/docker data\n")
            .expect("a row");
        assert_eq!((read.bytes, read.mount.as_str()), (65_970_122_752, "/var/lib/docker data"));
        assert_eq!(free_space("Дост Смонтировано в\r\n0 /\r\n").expect("a row").bytes, 0);
        for (text, found) in [("", 0), ("Avail Mounted on\n- /proc\n", 0), ("1 /\n2 /opt\n", 2)] {
            let read = free_space(text);
            assert!(matches!(read, Err(ReadError::Count { found: n, .. }) if n == found), "{text}");
        }
    }
}

//! The tables as another build of the guide would have them, for a person to read over.

use ctsup_core::guide::Row;

use crate::entry::Name;
use crate::locate::{Comparison, Found, How};
use crate::text;

/// The guide table as this guide would have it: what is gone keeps its row, without lines and hash.
pub(crate) fn table(rows: &[Row], compared: &Comparison<'_>) -> String {
    let mut table = String::from("key\tprocedure\tsection\tstep\tlines\tsha256\tfact\n");
    for row in rows {
        let entry = compared
            .entries
            .iter()
            .position(|entry| matches!(&entry.name, Name::Row(key) if key == row.key));
        let found = entry.and_then(|entry| compared.found[entry].as_ref());
        let place = found.map(|found| place(compared, found)).unwrap_or_else(|| "\t".to_owned());
        let now = found.and_then(|found| compared.lines[found.at.start].step);
        let step = match now {
            Some(now) if row.step.parse::<u32>().is_ok() => now.to_string(),
            _ => row.step.to_owned(),
        };
        let cells = [row.key, row.procedure, row.section, &step, &place, row.fact];
        table.push_str(&cells.join("\t"));
        table.push('\n');
    }
    table
}

/// The table of the texts that no row cites; what is new there has no words yet.
pub(crate) fn rest(compared: &Comparison<'_>) -> String {
    let mut texts: Vec<(usize, String, &str)> = Vec::new();
    for (entry, found) in compared.entries.iter().zip(&compared.found) {
        if let (Name::Rest(what), Some(found)) = (&entry.name, found) {
            texts.push((found.at.start, place(compared, found), what));
        }
    }
    for new in &compared.new {
        let found = Found { at: new.clone(), how: How::Changed };
        texts.push((new.start, place(compared, &found), "?"));
    }
    texts.sort_unstable();
    let lines = texts.iter().map(|(_, place, what)| format!("{place}\t{what}\n"));
    std::iter::once("lines\tsha256\twhat\n".to_owned()).chain(lines).collect()
}

fn place(compared: &Comparison<'_>, found: &Found) -> String {
    let (first, last) = text::numbers(compared.lines, &found.at);
    let hash = text::hash(&text::paragraph(&compared.lines[found.at.clone()]));
    format!("{first}-{last}\t{hash}")
}

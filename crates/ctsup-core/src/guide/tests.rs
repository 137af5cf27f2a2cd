//! The table is whole, and a key stands for a row and nothing else.

use std::collections::BTreeSet;

use super::{Row, RowKey, row, rows, table_hash};

/// Each procedure and its number of rows, in the table's order.
const PROCEDURES: [(&str, usize); 19] = [
    ("S-V", 4),
    ("S", 9),
    ("RB-S", 3),
    ("D-V", 4),
    ("D-P", 4),
    ("B", 7),
    ("F", 6),
    ("HA", 32),
    ("HA-RB", 3),
    ("RS", 5),
    ("PG", 12),
    ("DR", 5),
    ("PN", 5),
    ("AN-1", 2),
    ("AN-H", 14),
    ("AN-R", 8),
    ("WC", 8),
    ("REG", 5),
    ("CERT", 3),
];

#[test]
fn each_procedure_has_its_rows_together() {
    let found: Vec<(&str, usize)> = rows()
        .chunk_by(|a, b| a.procedure == b.procedure)
        .map(|rows| (rows[0].procedure, rows.len()))
        .collect();
    assert_eq!(found, PROCEDURES);
    assert_eq!(rows().len(), 139);
}

#[test]
fn numbered_steps_ascend_within_a_procedure() {
    for rows in rows().chunk_by(|a, b| a.section == b.section && a.procedure == b.procedure) {
        let numbers: Vec<u32> = rows
            .iter()
            .filter_map(|row| row.step.split(['-', ' ', ',']).next()?.parse().ok())
            .collect();
        assert!(numbers.is_sorted(), "{}: {numbers:?}", rows[0].procedure);
    }
}

#[test]
fn cells_are_well_formed() {
    for row in rows() {
        assert!(row.fact.is_ascii() && !row.fact.is_empty() && row.fact.len() <= 60, "{row:?}");
        let hex = |digit: u8| matches!(digit, b'0'..=b'9' | b'a'..=b'f');
        assert!(row.hash.is_none_or(|hash| hash.len() == 64 && hash.bytes().all(hex)), "{row:?}");
        assert_eq!(row.lines.is_some(), row.hash.is_some(), "{row:?}");
        assert_eq!(row.lines.is_none(), row.section == "ours", "{row:?}");
        assert_eq!(row.lines.is_none(), row.step.is_empty(), "{row:?}");
    }
}

#[test]
fn every_key_finds_its_own_row() {
    let keys: BTreeSet<&str> = rows().iter().map(|row| row.key).collect();
    assert_eq!(keys.len(), rows().len());
    for expected in rows() {
        assert_eq!(
            row(expected.key).map(std::ptr::from_ref),
            Some(std::ptr::from_ref::<Row>(expected))
        );
    }
    for missing in ["", "HA", "HA.1 ", "ha.17", "HA.170", "HA.29d", "ZZ.1", "A"] {
        assert_eq!(row(missing), None);
    }
}

#[test]
fn keys_order_as_the_table_does() {
    let keys: Vec<RowKey> = rows().iter().filter_map(|row| RowKey::parse(row.key)).collect();
    assert!(keys.is_sorted());
    assert!(crate::cite!("HA.9") < crate::cite!("HA.10"));
}

#[test]
fn a_key_is_its_text_in_json() {
    let key = crate::cite!("HA.29c");
    let json = serde_json::to_string(&key).expect("a string serialises");
    assert_eq!(json, "\"HA.29c\"");
    assert_eq!(serde_json::from_str::<RowKey>(&json).expect("the key is in the table"), key);
    let refused = serde_json::from_str::<RowKey>("\"HA.99\"").expect_err("there is no such row");
    assert!(
        refused
            .to_string()
            .starts_with("invalid value: string \"HA.99\", expected the key of a row")
    );
}

#[test]
fn the_table_is_named_by_its_hash() {
    assert_eq!(table_hash().len(), 64);
    assert_eq!(table_hash(), table_hash());
}

//! The short answers, good and bad.

use super::*;

#[test]
fn one_state_for_each_unit() {
    let states =
        is_active("active\r\ninactive\nfailed\nunknown\nmaintenance\n", 5).expect("states");
    let other = UnitState::Other("maintenance".to_owned());
    assert_eq!(
        states,
        [UnitState::Active, UnitState::Inactive, UnitState::Failed, UnitState::Unknown, other]
    );
    let way = is_active("activating\ndeactivating\nreloading", 3).expect("states");
    assert_eq!(way, [UnitState::Activating, UnitState::Deactivating, UnitState::Reloading]);
}

#[test]
fn a_missing_state_is_no_guess() {
    assert!(matches!(
        is_active("active\n", 2),
        Err(ReadError::Count { expected: 2, found: 1, .. })
    ));
    assert!(matches!(is_active("", 1), Err(ReadError::Count { found: 0, .. })));
    let bus = is_active("Failed to connect to bus: No such file or directory\n", 1);
    assert!(matches!(bus, Err(ReadError::Malformed { line: 1, .. })));
}

#[test]
fn unit_files_with_and_without_dress() {
    let text = "UNIT FILE            STATE    VENDOR PRESET\n\
        kesl.service         enabled  disabled\nklnagent64.service   masked   -\n\n2 unit files listed.\n";
    let files = UnitFiles::read(text).expect("files");
    assert_eq!(files.state("kesl"), Some("enabled"));
    assert_eq!(files.state("klnagent64.service"), Some("masked"));
    assert_eq!((files.state("kes1"), files.state("kes")), (None, None));
    let bare = UnitFiles::read("kesl.service enabled\n").expect("files");
    assert_eq!(bare.state("kesl"), Some("enabled"));
    assert_eq!(UnitFiles::read("0 unit files listed.\n").expect("files").files, []);
    for text in ["Failed to connect to bus: No such file\n", "bash: systemctl: command not found\n"]
    {
        assert!(matches!(UnitFiles::read(text), Err(ReadError::Malformed { .. })), "{text}");
    }
}

#[test]
fn versions_are_ordered_by_their_numbers() {
    let pcs = |text| pcs_version(text).expect("a version");
    assert_eq!(pcs("0.9.169\n").to_string(), "0.9.169");
    assert!(pcs("0.9.169") < pcs("0.10.1") && pcs("0.10.18") < pcs("0.11.1"));
    assert_eq!(pcs("0.11.5+deb12").to_string(), "0.11.5");
    assert!(matches!(
        pcs_version("pcs: command not found"),
        Err(ReadError::Count { found: 0, .. })
    ));
    let nginx = |text| nginx_version(text).map(|version| version.to_string());
    assert_eq!(nginx("nginx version: nginx/1.20.1\n").expect("a version"), "1.20.1");
    assert_eq!(nginx("nginx version: openresty/1.19.9.1\n").expect("a version"), "1.19.9");
    assert_eq!(nginx("nginx version: nginx/1.18.0 (Ubuntu)").expect("a version"), "1.18.0");
    assert!(nginx("nginx: [emerg] bind() failed").is_err());
    assert!(nginx("nginx version: nginx/").is_err());
}

#[test]
fn a_boot_id_is_a_uuid() {
    let id = "5F6ba1d6-8c0d-4d34-9d0c-0d4a4d1b2a3c";
    assert_eq!(BootId::read(&format!("{id}\n")).expect("an id").as_str(), id.to_ascii_lowercase());
    for text in ["", "5f6ba1d68c0d4d349d0c0d4a4d1b2a3c", "No such file", &format!("{id}\n{id}")] {
        assert!(BootId::read(text).is_err(), "{text}");
    }
}

#[test]
fn owners_by_number() {
    let read = owners("888:888\n0:0\n", 2).expect("owners");
    assert_eq!(read, [Owner { uid: 888, gid: 888 }, Owner { uid: 0, gid: 0 }]);
    assert!(matches!(owners("888:888\n", 2), Err(ReadError::Count { found: 1, .. })));
    for text in ["root:root", "888", "888:888:888", "-1:0", "stat: cannot stat 'x': No such file"] {
        assert!(matches!(owners(text, 1), Err(ReadError::Malformed { .. })), "{text}");
    }
}

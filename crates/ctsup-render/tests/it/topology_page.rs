//! `docs/topology.md` is what the table of keys says, in the words that the schema has too.
//!
//! `UPDATE_DOCS=1` writes the page anew.

use std::fmt::Write;

use ctsup_core::topology::key::{KEYS, Kind, Need};
use ctsup_render::{Lang, Words};

fn kind(kind: Kind) -> String {
    match kind {
        Kind::Table => "table".to_owned(),
        Kind::Tables => "list of tables".to_owned(),
        Kind::Text => "text".to_owned(),
        Kind::CommandLine => "command line".to_owned(),
        Kind::Word => "word".to_owned(),
        Kind::Name => "name".to_owned(),
        Kind::Node => "node".to_owned(),
        Kind::Fqdn => "full domain name".to_owned(),
        Kind::Host => "IP address or host name".to_owned(),
        Kind::Url => "`http://` or `https://`, host and port".to_owned(),
        Kind::Path => "absolute path".to_owned(),
        Kind::LocalPath => "path beside the file".to_owned(),
        Kind::Release => "release".to_owned(),
        Kind::ReleaseOrUnknown => "release or `unknown`".to_owned(),
        Kind::Image => "image with a tag".to_owned(),
        Kind::Size => "size".to_owned(),
        Kind::Bool => "`true` or `false`".to_owned(),
        Kind::Integer(least, most) => format!("{least} to {most}"),
        Kind::OneOf(choices) => {
            choices.iter().map(|c| format!("`{c}`")).collect::<Vec<_>>().join(", ")
        }
        Kind::List(item) => format!("list of: {}", self::kind(*item)),
    }
}

fn page() -> String {
    let words = Words::of(Lang::En);
    let mut page = String::from(
        "# The topology file\n\n\
         One TOML file describes an installation. `*` stands for a name that you choose. A facts\n\
         file has the keys below `facts` without that word. Nothing is guessed: an unknown key is an\n\
         error, and a fact that a decision needs is asked for with the command that finds it out.\n\n\
         `ctsup schema topology` prints the same as a JSON Schema for editors; `ctsup init KIND` a\n\
         file to start from.\n",
    );
    for key in KEYS {
        let id = format!("key-{}", key.path.replace(['.', '*'], "-"));
        let says = words.say(&id, &[]);
        let depth = key.path.split('.').count();
        if depth == 1 || (depth == 2 && key.path.starts_with("facts.")) {
            let _ = write!(page, "\n## `{}`\n\n", key.path);
            if !matches!(key.kind, Kind::Table | Kind::Tables) {
                let need = if key.need == Need::Always { ", required" } else { "" };
                let _ = writeln!(page, "Value: {}{need}.", kind(key.kind));
            }
            let _ = writeln!(page, "{says}");
            let children = KEYS
                .iter()
                .any(|k| k.path.strip_prefix(key.path).is_some_and(|rest| rest.starts_with('.')));
            if children && key.path != "facts" {
                page.push_str("\n| Key | Value | |\n| --- | --- | --- |\n");
            }
        } else {
            let need = if key.need == Need::Always { "**" } else { "" };
            let _ = writeln!(
                page,
                "| {need}`{}`{need} | {} | {says} |",
                key.path,
                kind(key.kind).replace('|', "\\|")
            );
        }
    }
    page.push_str("\nKeys in bold are required wherever the table around them is there.\n");
    page
}

#[test]
fn the_page_is_what_the_table_says() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/topology.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, page()).expect("the page can be written");
    }
    let have = std::fs::read_to_string(path).unwrap_or_default();
    assert!(have == page(), "docs/topology.md is not current: UPDATE_DOCS=1 writes it anew");
}

//! What stands in the file of `ctsup init`, by kind of installation and goal.
//!
//! The file must be readable as it is, and plan or lack facts only; a test holds that.

use ctsup_core::Goal;

/// A line of the file, or several.
pub(super) enum Entry {
    /// A text from the words.
    Say(&'static str),
    /// An empty line.
    Blank,
    /// The header of a table, explained.
    Table(String),
    /// A key with its value, explained.
    Set(&'static str, String),
    /// A key that is possible, explained.
    May(&'static str, &'static str),
    /// A line as it is.
    Raw(&'static str),
}

use Entry::{Blank, May, Raw, Say, Set, Table};

/// The file's lines.
pub(super) fn content(kind: &str, goal: Goal) -> Vec<Entry> {
    let ha = kind == "ha";
    let installed = if goal == Goal::Upgrade { "2.4.1" } else { "2.5.7" };
    let mut all = vec![Blank, Set("format", "1".to_owned())];
    if ha {
        all.extend([Say("init-window"), Raw("accept = [\"old-containers-window\"]")]);
    }
    all.extend([
        table("site"),
        Set("name", quoted("example")),
        Set("kind", quoted(kind)),
        table("release"),
        Set("installed", quoted(installed)),
        Set("target", quoted("2.5.7")),
        Blank,
        Say("init-nodes"),
    ]);
    all.extend(nodes(kind, goal));
    if ha {
        all.extend(clusters());
    }
    all.extend(voex(kind));
    all.extend([
        table("postgres"),
        Set("location", quoted("embedded")),
        May("upgrade", "\"when-due\""),
        May("hold_image", "\"postgres:9.5.24\""),
    ]);
    all.extend(images(ha, goal));
    all.extend(certificate(goal));
    if ha {
        all.extend([table("antivirus"), Set("units", "[\"kesl\", \"klnagent64\"]".to_owned())]);
    }
    all.extend([
        table("docker"),
        Set("root", quoted("/var/lib/docker")),
        table("backup"),
        Set("by", quoted("copy")),
        Set("to", quoted("/backup")),
    ]);
    all.extend(extra(kind, goal));
    all.extend([
        Blank,
        Say("init-own"),
        Raw("#[[own]]"),
        Raw("#name = \"tell-users\""),
        Raw("#before = \"prepare\""),
        Raw("#confirm = \"…\""),
        Blank,
        Say("init-facts"),
    ]);
    all
}

fn table(path: &str) -> Entry {
    Table(path.to_owned())
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

/// The servers; what is possible is shown at the first one.
fn nodes(kind: &str, goal: Goal) -> Vec<Entry> {
    let mut servers: Vec<(&str, &str)> = match kind {
        "single" => vec![("cts", "single")],
        "split" => vec![("back", "back"), ("front", "front")],
        _ => vec![
            ("back-01", "back"),
            ("back-02", "back"),
            ("front-01", "front"),
            ("front-02", "front"),
        ],
    };
    if kind == "ha" || goal == Goal::Registry {
        servers.push(("registry", "registry"));
    }
    if goal == Goal::WebClient {
        servers.extend([
            ("web-01", "web-client"),
            ("web-02", "web-client"),
            ("control", "control"),
        ]);
    }
    let mut all = Vec::new();
    for (index, (name, role)) in servers.into_iter().enumerate() {
        let fqdn = quoted(&format!("{name}.example.org"));
        if index == 0 {
            all.extend([
                Table(format!("nodes.{name}")),
                Set("role", quoted(role)),
                Set("fqdn", fqdn),
                May("address", "\"10.0.0.11\""),
                May("port", "22"),
                May("user", "\"root\""),
                May("become", "\"sudo\""),
            ]);
        } else {
            all.extend([
                Table(format!("nodes.{name}")),
                Set("role", quoted(role)),
                Set("fqdn", fqdn),
            ]);
        }
    }
    all
}

fn clusters() -> Vec<Entry> {
    vec![
        table("clusters.back"),
        Set("shared", "[\"volumes\", \"settings\", \"database\"]".to_owned()),
        Set("address", quoted("10.0.0.10")),
        table("clusters.front"),
        Set("shared", "[]".to_owned()),
    ]
}

fn voex(kind: &str) -> Vec<Entry> {
    let on = if kind == "ha" { "front" } else { "none" };
    vec![table("voex"), Set("on", quoted(on))]
}

fn images(ha: bool, goal: Goal) -> Vec<Entry> {
    let mut all = vec![table("images")];
    if ha {
        all.extend([
            Set("source", quoted("archives")),
            Set("registry", quoted("registry")),
            Set("url", quoted("http://registry.example.org")),
            May("user", "\"userregistry\""),
            Set("archives", quoted("/root/express-2.5.7")),
        ]);
    } else if goal == Goal::Registry {
        all.extend([
            Set("source", quoted("registry")),
            Set("registry", quoted("registry")),
            Set("url", quoted("http://registry.example.org")),
            May("user", "\"userregistry\""),
        ]);
    } else {
        all.extend([Set("source", quoted("vendor")), May("fetch_first", "true")]);
    }
    all
}

fn certificate(goal: Goal) -> Vec<Entry> {
    let mut all = vec![table("certificate"), Set("kind", quoted("own"))];
    if goal == Goal::Certificate {
        all.extend([
            Set("host", quoted("express.example.org")),
            Set("bundle", quoted("server.crt")),
            Set("key", quoted("server.key")),
        ]);
    }
    all
}

/// What only this goal needs.
fn extra(kind: &str, goal: Goal) -> Vec<Entry> {
    match goal {
        Goal::Rollback => {
            let mut all = vec![
                table("rollback"),
                Set("to", quoted("2.4.1")),
                May("way", "\"pins\""),
                May("voex", "true"),
                table("rollback.lists"),
            ];
            let nodes: &[&str] = match kind {
                "single" => &["#cts = \"current_version.txt\""],
                "split" => &["#back = \"back_version.txt\"", "#front = \"front_version.txt\""],
                _ => &["#back-01 = \"back_version.txt\"", "#front-01 = \"front_version.txt\""],
            };
            all.extend(nodes.iter().map(|line| Raw(line)));
            all
        }
        Goal::WebClient => vec![
            table("web_client"),
            Set("control", quoted("control")),
            Set("image", quoted("web_client:1.42.0")),
            May("archives", "\"/root/web-client\""),
            May("second_playbook", "\"06-slave_update_web.yaml\""),
        ],
        _ => Vec::new(),
    }
}

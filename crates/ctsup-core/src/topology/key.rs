//! Every key a topology or facts file may have: path, kind of value, need.
//!
//! One table serves the reader, the JSON Schema, the documentation check and `ctsup init`.
//! What the keys mean in words lives in `ctsup-render` (`key-…` messages).

use std::sync::LazyLock;

/// What a value must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A table; its own keys stand in the table of keys.
    Table,
    /// A list of tables (`[[own]]`); `*` stands for each of them.
    Tables,
    /// Free text on one line, shown to people and never given to a shell.
    Text,
    /// A command line, as a shell takes it; one line.
    CommandLine,
    /// Plain characters that need no quoting: letters, digits and `._:/@%+=,-`.
    Word,
    /// A name: letters, digits, `-`, `_`, `.`; a letter or digit first.
    Name,
    /// The name of a node in this file.
    Node,
    /// A fully qualified domain name.
    Fqdn,
    /// An IP address or a host name.
    Host,
    /// `http://` or `https://` with a host and perhaps a port; no user, no password.
    Url,
    /// An absolute path of plain characters.
    Path,
    /// A path as the operator's machine reads it, relative to the topology file.
    LocalPath,
    /// A release such as `2.5.7`.
    Release,
    /// A release, or `unknown`.
    ReleaseOrUnknown,
    /// An image with a tag.
    Image,
    /// Bytes, as a whole number or with a unit: `61 GiB`.
    Size,
    /// `true` or `false`.
    Bool,
    /// A whole number within bounds.
    Integer(i64, i64),
    /// One of a closed list.
    OneOf(&'static [&'static str]),
    /// A list of such values.
    List(&'static Kind),
}

/// Whether a key must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Whenever the table around it is there.
    Always,
    /// Some choices need it; which, is checked when the file is understood.
    Sometimes,
}

/// One key.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Where, with `*` for names chosen in the file.
    pub path: &'static str,
    /// What its value must be.
    pub kind: Kind,
    /// Whether it must be there.
    pub need: Need,
}

const fn must(path: &'static str, kind: Kind) -> Key {
    Key { path, kind, need: Need::Always }
}

const fn may(path: &'static str, kind: Kind) -> Key {
    Key { path, kind, need: Need::Sometimes }
}

/// Kinds of installation.
pub const KINDS: &[&str] = &["single", "split", "ha"];
/// Roles of nodes.
pub const ROLES: &[&str] =
    &["single", "back", "front", "voex", "registry", "control", "internet", "web-client", "other"];
/// What the nodes of a cluster can share (K22).
pub const SHARED: &[&str] = &["volumes", "settings", "database"];
/// Phases a site's own step can stand before or after; the closed list of the design.
pub const PHASES: &[&str] = &[
    "prepare",
    "quiet",
    "gate",
    "fetch",
    "back-up",
    "first-half",
    "judge",
    "second-half",
    "verify",
    "restore",
];

/// All keys, parents before children.
pub const KEYS: &[Key] = &[
    must("format", Kind::Integer(1, 1)),
    may("accept", Kind::List(&Kind::Word)),
    must("site", Kind::Table),
    must("site.name", Kind::Name),
    must("site.kind", Kind::OneOf(KINDS)),
    must("release", Kind::Table),
    must("release.installed", Kind::Release),
    must("release.target", Kind::Release),
    may("release.unpin", Kind::Bool),
    may("release.attempt", Kind::Integer(1, 99)),
    must("nodes", Kind::Table),
    must("nodes.*", Kind::Table),
    must("nodes.*.role", Kind::OneOf(ROLES)),
    must("nodes.*.fqdn", Kind::Fqdn),
    may("nodes.*.address", Kind::Host),
    may("nodes.*.port", Kind::Integer(1, 65535)),
    may("nodes.*.user", Kind::Name),
    may("nodes.*.become", Kind::OneOf(&["no", "sudo", "sudo-with-password"])),
    may("clusters", Kind::Table),
    may("clusters.*", Kind::Table),
    must("clusters.*.shared", Kind::List(&Kind::OneOf(SHARED))),
    may("clusters.*.address", Kind::Host),
    may("clusters.*.on_both", Kind::List(&Kind::Name)),
    may("clusters.*.on_one", Kind::List(&Kind::Name)),
    may("voex", Kind::Table),
    must("voex.on", Kind::Name),
    may("postgres", Kind::Table),
    must("postgres.location", Kind::OneOf(&["embedded", "external"])),
    may("postgres.upgrade", Kind::OneOf(&["when-due", "hold", "automatic"])),
    may("postgres.hold_image", Kind::Image),
    may("certificate", Kind::Table),
    must("certificate.kind", Kind::OneOf(&["own", "lets-encrypt"])),
    may("certificate.host", Kind::Fqdn),
    may("certificate.bundle", Kind::LocalPath),
    may("certificate.key", Kind::LocalPath),
    may("certificate.bundle_name", Kind::Word),
    may("certificate.key_name", Kind::Word),
    may("certificate.apply", Kind::OneOf(&["without-update", "plain"])),
    may("images", Kind::Table),
    must("images.source", Kind::OneOf(&["vendor", "registry", "archives"])),
    may("images.registry", Kind::Node),
    may("images.url", Kind::Url),
    may("images.user", Kind::Name),
    may("images.archives", Kind::Path),
    may("images.script", Kind::Path),
    may("images.internet", Kind::Node),
    may("images.fetch_first", Kind::Bool),
    may("images.services", Kind::List(&Kind::Name)),
    may("method", Kind::Table),
    must("method.by", Kind::OneOf(&["manual", "ansible"])),
    may("method.control", Kind::Node),
    may("method.playbook_dir", Kind::Path),
    may("web_client", Kind::Table),
    must("web_client.control", Kind::Node),
    may("web_client.playbook_dir", Kind::Path),
    may("web_client.second_playbook", Kind::Word),
    must("web_client.image", Kind::Image),
    may("web_client.archives", Kind::Path),
    may("antivirus", Kind::Table),
    must("antivirus.units", Kind::List(&Kind::Name)),
    may("docker", Kind::Table),
    must("docker.root", Kind::Path),
    may("backup", Kind::Table),
    must("backup.by", Kind::OneOf(&["copy", "command", "person", "none"])),
    may("backup.to", Kind::Path),
    may("backup.command", Kind::CommandLine),
    may("backup.probe", Kind::CommandLine),
    may("backup.snapshot", Kind::Bool),
    may("backup.covers_shared_storage", Kind::Bool),
    may("interruptions", Kind::Table),
    must("interruptions.together", Kind::Bool),
    may("rollback", Kind::Table),
    must("rollback.to", Kind::Release),
    may("rollback.way", Kind::OneOf(&["pins", "restore", "postgres"])),
    may("rollback.voex", Kind::Bool),
    may("rollback.lists", Kind::Table),
    may("rollback.lists.*", Kind::LocalPath),
    may("rollback.backups", Kind::Table),
    may("rollback.backups.*", Kind::Path),
    may("rollback.home", Kind::Table),
    may("rollback.home.back", Kind::Node),
    may("rollback.home.front", Kind::Node),
    may("rollback.upgrade_backup", Kind::Word),
    may("rollback.postgres_image", Kind::Image),
    may("readings", Kind::Table),
    may("readings.*", Kind::Word),
    may("own", Kind::Tables),
    must("own.*.name", Kind::Name),
    may("own.*.before", Kind::Word),
    may("own.*.after", Kind::Word),
    may("own.*.node", Kind::Node),
    may("own.*.run", Kind::List(&Kind::CommandLine)),
    may("own.*.confirm", Kind::Text),
    may("own.*.probe", Kind::CommandLine),
    may("own.*.undo", Kind::List(&Kind::CommandLine)),
    may("own.*.owes", Kind::Bool),
    may("own.*.minutes", Kind::Integer(0, 1440)),
    may("facts", Kind::Table),
    may("facts.nodes", Kind::Table),
    may("facts.nodes.*", Kind::Table),
    may("facts.nodes.*.express", Kind::ReleaseOrUnknown),
    may("facts.nodes.*.voex", Kind::ReleaseOrUnknown),
    may("facts.nodes.*.nginx", Kind::Release),
    may("facts.nodes.*.letsencrypt", Kind::Bool),
    may("facts.nodes.*.free_images", Kind::Size),
    may("facts.nodes.*.antivirus", Kind::List(&Kind::Name)),
    may("facts.nodes.*.running", Kind::Bool),
    may("facts.nodes.*.voex_running", Kind::Bool),
    may("facts.nodes.*.images", Kind::Table),
    may("facts.nodes.*.images.*", Kind::Image),
    may("facts.nodes.*.voex_images", Kind::Table),
    may("facts.nodes.*.voex_images.*", Kind::Image),
    may("facts.clusters", Kind::Table),
    may("facts.clusters.*", Kind::Table),
    may("facts.clusters.*.active", Kind::Node),
    may("facts.clusters.*.healthy", Kind::Bool),
    may("facts.clusters.*.pcs", Kind::Release),
    may("facts.clusters.*.constraints", Kind::List(&Kind::Word)),
    may("facts.clusters.*.preferences", Kind::List(&Kind::Word)),
    may("facts.clusters.*.stickiness", Kind::Integer(-1_000_000, 1_000_000)),
    may("facts.data", Kind::Table),
    may("facts.data.*", Kind::Table),
    may("facts.data.*.express_met", Kind::Release),
    may("facts.data.*.voex_met", Kind::Release),
    may("facts.data.*.volumes", Kind::Size),
    may("facts.data.*.free_backup", Kind::Size),
    may("facts.data.*.free_volumes", Kind::Size),
    may("facts.data.*.owners_888", Kind::Bool),
    may("facts.settings", Kind::Table),
    may("facts.settings.*", Kind::Table),
    may("facts.settings.*.files", Kind::List(&Kind::OneOf(&["settings", "settings.yaml"]))),
    may("facts.settings.*.postgres_upgrade", Kind::Bool),
    may("facts.settings.*.postgres_auto_upgrade", Kind::Bool),
    may("facts.settings.*.pins", Kind::Table),
    may("facts.settings.*.pins.*", Kind::Image),
    may("facts.settings.*.voex_pins", Kind::Table),
    may("facts.settings.*.voex_pins.*", Kind::Image),
    may("facts.postgres", Kind::Table),
    may("facts.postgres.version", Kind::Release),
    may("facts.postgres.size", Kind::Size),
    may("facts.postgres.free", Kind::Size),
    may("facts.postgres.apt", Kind::Bool),
    may("facts.postgres.upgrade_backups", Kind::List(&Kind::Word)),
    may("facts.web_client", Kind::Table),
    may("facts.web_client.image", Kind::Image),
    may("facts.registry", Kind::Table),
    may("facts.registry.login_refused", Kind::Bool),
];

/// The table as a tree, so that a look-up goes down the path instead of through all keys.
#[derive(Default)]
struct Branch {
    name: &'static str,
    /// None between a list of tables and the keys of each (`own.*`).
    key: Option<&'static Key>,
    below: Vec<Branch>,
}

static TREE: LazyLock<Branch> = LazyLock::new(|| {
    let mut root = Branch::default();
    for key in KEYS {
        let mut branch = &mut root;
        for part in key.path.split('.') {
            let place = branch.below.iter().position(|below| below.name == part);
            let place = place.unwrap_or_else(|| {
                branch.below.push(Branch { name: part, ..Branch::default() });
                branch.below.len() - 1
            });
            branch = &mut branch.below[place];
        }
        branch.key = Some(key);
    }
    root
});

fn branch(path: &[&str]) -> Option<&'static Branch> {
    path.iter().try_fold(&*TREE, |branch, part| {
        branch.below.iter().find(|branch| branch.name == *part || branch.name == "*")
    })
}

/// The key of a path whose chosen names are known, such as `nodes.back-01.role`.
#[must_use]
pub fn key_of(path: &[&str]) -> Option<&'static Key> {
    branch(path)?.key
}

/// Whether the names below this table are chosen in the file.
#[must_use]
pub fn names_are_free(path: &[&str]) -> bool {
    children(path).any(|key| key.path.ends_with(".*"))
}

/// The keys directly below a table.
pub fn children(path: &[&str]) -> impl Iterator<Item = &'static Key> + use<> {
    branch(path).into_iter().flat_map(|branch| &branch.below).filter_map(|branch| branch.key)
}

//! Data on a node and what is saved of it: image list, backup, owners, Let's Encrypt store, restore.

use serde::{Deserialize, Serialize};

use super::{Args, Family, Kind, Repeat, Undo, Why, joined, made, node_arg, quoted};
use crate::name::{DataSet, NodeName, SettingsPlace, Stack};
use crate::state::{Atom, Effect, Half, is};

/// Something done with data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Volume {
    /// Saves `docker ps -a`, never over an older list (invariant 19).
    SaveList {
        /// The file, absolute, naming node and release.
        file: String,
        /// Where.
        node: NodeName,
    },
    /// Copies data and settings of stopped services to a new directory (invariant 33).
    BackUp {
        /// Other applications' data in the same volumes: one copy holds both.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        beside: Vec<DataSet>,
        /// How.
        by: BackUp,
        /// Whose data.
        data: DataSet,
        /// What is copied: absolute paths.
        paths: Vec<String>,
        /// The stacks that write the data and must be stopped.
        writers: Vec<Stack>,
    },
    /// Owners 888:888 for the volumes that newer services own, once (invariant 18).
    FixOwners {
        /// Whose data.
        data: DataSet,
        /// Where the old owners are kept.
        list: String,
        /// The owner as `chown` takes it.
        owner: String,
        /// The volumes.
        volumes: Vec<String>,
    },
    /// Empties the Let's Encrypt store after a copy of it (K7).
    ClearLetsEncrypt {
        /// The copy.
        copy: String,
        /// Data that must be backed up before.
        data: DataSet,
        /// The store, absolute (A30).
        dir: String,
        /// Where.
        node: NodeName,
    },
    /// Moves the present data aside; nothing is deleted (K12). What moves is the content: a mount
    /// point can't be renamed, and a link would leave the data where it is.
    SetAside {
        /// The data.
        data: DataSet,
        /// Whose content is moved.
        paths: Vec<String>,
        /// The other node of the cluster, which serves, where the data is the idle node's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        serving: Option<NodeName>,
        /// Ending of the names under which it lies afterwards.
        suffix: String,
        /// What must be stopped.
        writers: Vec<Stack>,
    },
    /// Copies the backup back, owners and all (K12).
    PutBack {
        /// The data.
        data: DataSet,
        /// The backup's directory.
        from: String,
        /// What is copied back.
        paths: Vec<String>,
        /// The other node of the cluster, which serves, where the data is the idle node's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        serving: Option<NodeName>,
        /// Whose settings come back with it.
        settings: SettingsPlace,
    },
}

/// How a backup is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum BackUp {
    /// A copy compared file by file.
    Copy {
        /// A directory that does not exist yet.
        to: String,
    },
    /// The site's own command with a probe that verifies it.
    Command {
        /// Exits 0 when the backup is there and whole.
        probe: String,
        /// The command.
        run: String,
    },
    /// A person makes it and says so.
    Person {
        /// It is a snapshot of the virtual machine.
        snapshot: bool,
    },
    /// There is none; the risk is accepted by name in the file.
    Accepted {
        /// The risk's name.
        risk: String,
    },
}

/// A copy's commands: what is measured first (invariant 33), and what makes and compares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copying {
    /// Prints the bytes of each path.
    pub size: String,
    /// Prints the bytes that are free below a header.
    pub room: String,
    /// Copies, and says `whole` for each path whose copy is the same.
    pub copy: Vec<String>,
}

impl Copying {
    /// Of these paths into a directory.
    #[must_use]
    pub fn of(paths: &[String], to: &str) -> Self {
        let parent = to.rsplit_once('/').map_or("/", |(dir, _)| dir);
        // One chain: nothing is copied into a directory that was there (K1).
        let mut copy = vec![format!("mkdir {to} && cp -a {} {to}/", joined(paths, " "))];
        copy.extend(paths.iter().map(|path| compared(path, &format!("{to}/{}", base(path)))));
        Self {
            size: format!("du -s --block-size=1 {}", joined(paths, " ")),
            room: format!("df --output=avail --block-size=1 {parent}"),
            copy,
        }
    }
}

/// Kinds, owners and names of all that is below a path; sizes and times of its files, to the second,
/// as a copy keeps them: two equal lists are one tree. Those of a directory are its file system's
/// affair. `skip` leaves entries out.
fn listing(path: &str, skip: &str) -> String {
    format!(
        "(cd {path} && {{ find . {skip}-printf '%y %U:%G %p\\n'; \
         find . {skip}-type f -printf '%s %Ts %p\\n'; }} | LC_ALL=C sort)"
    )
}

/// Says `whole` when the copy is the tree; never for a tree that is not there or is a link to one.
fn compared(tree: &str, copy: &str) -> String {
    format!(
        "[ -d {copy} ] && [ ! -L {copy} ] && diff <{} <{} && echo whole",
        listing(tree, ""),
        listing(copy, "")
    )
}

/// What the running Docker daemon keeps open beside the volumes: it stays where it is, since the
/// daemon would go on with the moved files and not see those of the copy.
const OF_DAEMON: [&str; 2] = ["metadata.db", "backingFsBlockDev"];

/// How the names begin under which newer data lies aside, this attempt's and earlier ones'.
pub(crate) const ASIDE: &str = "before-rollback-";

/// Of what lies directly in a path, what is neither moved nor copied.
fn staying(path: &str) -> &'static [&'static str] {
    if base(path) == "volumes" { &OF_DAEMON } else { &[] }
}

/// Conditions of `find` that leave out what stays.
fn but_staying(path: &str) -> String {
    staying(path).iter().map(|name| format!("! -path {path}/{name} ")).collect()
}

/// Loudly refuses a path below whose file systems others are mounted, links followed.
fn no_deep_mounts(path: &str) -> String {
    format!(
        "{{ ! findmnt -rno TARGET | grep \"^$(readlink -f {path})/.*/\" || \
         {{ echo 'mounted deep below {path}: refused' >&2; false; }}; }}"
    )
}

/// Does something in `$d`, a path's true place, and in each file system mounted directly below it;
/// `$a` is what lies aside of it: beside it, or where it is a mount point, inside it.
fn each_place(path: &str, suffix: &str, what: &str) -> String {
    format!(
        "for d in $(readlink -f {path}) \
         $(find {path}/ -mindepth 1 -maxdepth 1 -exec mountpoint -q {{}} \\; -print); \
         do mountpoint -q $d && a=$d/.{suffix} || a=$d.{suffix}; {what} || exit 1; done"
    )
}

/// Moves what lies in a path aside within its file system.
fn aside(path: &str, suffix: &str) -> String {
    let stay: String = staying(path).iter().map(|name| format!("! -name {name} ")).collect();
    let what = format!(
        "mkdir $a && find $d -mindepth 1 -maxdepth 1 ! -name '.{ASIDE}*' {stay}\
         ! -exec mountpoint -q {{}} \\; -exec mv -n -t $a {{}} +"
    );
    format!("({} && {})", no_deep_mounts(path), each_place(path, suffix, &what))
}

/// Refuses a path in which something lies.
fn empty(path: &str) -> String {
    let left = but_staying(path);
    format!(
        "{{ [ -z \"$(find {path}/ -name '.{ASIDE}*' -prune -o ! -type d {left}-print -quit)\" ] || \
         {{ echo 'files lie in {path}: refused' >&2; false; }}; }}"
    )
}

/// Moves what lies aside into the path again; over nothing that lies there, and then it says so.
fn from_aside(path: &str, suffix: &str) -> String {
    let what = "[ -d $a ] && find $a -mindepth 1 -maxdepth 1 -exec mv -n -t $d {} + && rmdir $a";
    format!("({})", each_place(path, suffix, what))
}

/// Copies into a path that was emptied, and only then; says `whole` when all of the copy is there.
fn put_back(path: &str, copy: &str) -> String {
    let stay = but_staying(copy);
    format!(
        "({} && find {copy}/ -mindepth 1 -maxdepth 1 {stay}-exec cp -a -t {path}/ {{}} + && {})",
        empty(path),
        compared_back(path, copy)
    )
}

fn compared_back(path: &str, copy: &str) -> String {
    let mut skip = format!("-name '.{ASIDE}*' -prune -o ");
    for name in staying(path) {
        skip.push_str(&format!("-path ./{name} -prune -o "));
    }
    format!(
        "[ -d {copy} ] && [ ! -L {copy} ] && diff <{} <{} && echo whole",
        listing(copy, &skip),
        listing(path, &skip)
    )
}

fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

impl Family for Volume {
    fn code(&self) -> &'static str {
        match self {
            Self::SaveList { .. } => "volume-save-list",
            Self::BackUp { by: BackUp::Copy { .. }, .. } => "volume-back-up-copy",
            Self::BackUp { by: BackUp::Command { .. }, .. } => "volume-back-up-command",
            Self::BackUp { by: BackUp::Person { snapshot: false }, .. } => "volume-back-up-person",
            Self::BackUp { by: BackUp::Person { snapshot: true }, .. } => "volume-back-up-snapshot",
            Self::BackUp { by: BackUp::Accepted { .. }, .. } => "volume-back-up-accepted",
            Self::FixOwners { .. } => "volume-fix-owners",
            Self::ClearLetsEncrypt { .. } => "volume-clear-letsencrypt",
            Self::SetAside { .. } => "volume-set-aside",
            Self::PutBack { .. } => "volume-put-back",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::BackUp { by: BackUp::Person { .. } | BackUp::Accepted { .. }, .. } => {
                Kind::Confirm
            }
            _ => Kind::Change,
        }
    }

    fn commands(&self) -> Vec<String> {
        match self {
            Self::SaveList { file, .. } => {
                vec![
                    made(file),
                    // `set -C`: a list that is already there is not written over.
                    format!("(set -C; docker ps -a --no-trunc > {file})"),
                ]
            }
            Self::BackUp { by, paths, .. } => match by {
                BackUp::Copy { to } => {
                    let Copying { size, room, copy } = Copying::of(paths, to);
                    [vec![size, room], copy].concat()
                }
                BackUp::Command { run, probe } => vec![run.clone(), probe.clone()],
                BackUp::Person { .. } | BackUp::Accepted { .. } => Vec::new(),
            },
            Self::FixOwners { list, owner, volumes, .. } => {
                let volumes = joined(volumes, " ");
                let inspect =
                    format!("docker volume inspect --format '{{{{ .Mountpoint }}}}' {volumes}");
                vec![
                    // Alone first: it fails when a volume is missing, which the pipe would hide (A2).
                    inspect.clone(),
                    // The list of before the first change stays; one that broke off is made anew.
                    format!(
                        "[ -e {list} ] || ({inspect} | xargs stat -c '%u:%g %n' > {list}.part && \
                         mv -n {list}.part {list})"
                    ),
                    format!("{inspect} | xargs sudo chown -R {owner}"),
                ]
            }
            Self::ClearLetsEncrypt { copy, dir, .. } => {
                vec![
                    made(copy),
                    // One chain: what is not copied is not deleted, and no copy goes into another.
                    format!("test ! -e {copy} && cp -a {dir} {copy} && rm -rf {dir}"),
                ]
            }
            Self::SetAside { paths, suffix, .. } => {
                paths.iter().map(|path| aside(path, suffix)).collect()
            }
            Self::PutBack { from, paths, .. } => {
                paths.iter().map(|path| put_back(path, &format!("{from}/{}", base(path)))).collect()
            }
        }
    }

    fn effect(&self) -> Effect {
        let stopped =
            |stacks: &[Stack]| stacks.iter().map(|s| is(Atom::Stopped(s.clone()))).collect();
        match self {
            Self::SaveList { node, .. } => {
                Effect { done: vec![is(Atom::ListSaved(node.clone()))], ..Effect::default() }
            }
            Self::BackUp { beside, data, writers, .. } => Effect {
                needs: stopped(writers),
                done: std::iter::once(data)
                    .chain(beside)
                    .map(|data| is(Atom::BackedUp(data.clone())))
                    .collect(),
                halves: Vec::new(),
            },
            Self::FixOwners { data, .. } => Effect {
                needs: vec![is(Atom::BackedUp(data.clone()))],
                done: vec![is(Atom::OwnersFixed(data.clone()))],
                halves: vec![Half { code: "half-owned", changes: Vec::new() }],
            },
            Self::ClearLetsEncrypt { data, node, .. } => Effect {
                needs: vec![is(Atom::BackedUp(data.clone()))],
                done: vec![is(Atom::LetsEncryptCleared(node.clone()))],
                halves: vec![Half { code: "half-cleared", changes: Vec::new() }],
            },
            Self::SetAside { data, serving, writers, .. } => {
                let mut needs: Vec<_> = stopped(writers);
                needs.extend(serving.iter().map(|node| is(Atom::Active(node.clone()))));
                needs.push(is(Atom::Decided));
                needs.push(is(Atom::BackupSeen(data.clone())));
                Effect {
                    needs,
                    done: vec![is(Atom::SetAside(data.clone()))],
                    halves: vec![Half { code: "half-aside", changes: Vec::new() }],
                }
            }
            Self::PutBack { data, serving, settings, .. } => Effect {
                needs: std::iter::once(is(Atom::SetAside(data.clone())))
                    .chain(serving.iter().map(|node| is(Atom::Active(node.clone()))))
                    .collect(),
                done: vec![
                    is(Atom::PutBack(data.clone())),
                    // The file of that time asks for no upgrade of the database.
                    crate::state::is_not(Atom::UpgradeKey(settings.clone())),
                    crate::state::is_not(Atom::SpecialPin(settings.clone())),
                    // What was restored is what the backup holds; the newer data lies aside.
                    is(Atom::BackedUp(data.clone())),
                    crate::state::is_not(Atom::Met(data.clone())),
                ],
                halves: vec![Half { code: "half-put-back", changes: Vec::new() }],
            },
        }
    }

    fn args(&self) -> Args {
        match self {
            Self::SaveList { file, node } => vec![node_arg(node), ("file", file.clone())],
            Self::BackUp { by, data, paths, .. } => {
                let mut args = vec![("data", data.to_string()), ("paths", joined(paths, ", "))];
                match by {
                    BackUp::Copy { to } => args.push(("to", to.clone())),
                    BackUp::Accepted { risk } => args.push(("risk", risk.clone())),
                    _ => {}
                }
                args
            }
            Self::FixOwners { data, owner, volumes, .. } => vec![
                ("data", data.to_string()),
                ("owner", owner.clone()),
                ("volumes", joined(volumes, ", ")),
                ("count", volumes.len().to_string()),
            ],
            Self::ClearLetsEncrypt { copy, dir, node, .. } => {
                vec![node_arg(node), ("dir", dir.clone()), ("copy", copy.clone())]
            }
            Self::SetAside { data, paths, suffix, .. } => vec![
                ("data", data.to_string()),
                ("paths", joined(paths, ", ")),
                ("suffix", suffix.clone()),
            ],
            Self::PutBack { data, from, .. } => {
                vec![("data", data.to_string()), ("from", quoted(from))]
            }
        }
    }

    fn repeat(&self) -> Repeat {
        match self {
            // K1: repeated after a deploy it would replace the only old copy.
            Self::SaveList { .. }
            | Self::BackUp { .. }
            | Self::SetAside { .. }
            | Self::PutBack { .. } => Repeat::AskFirst,
            Self::FixOwners { .. } => Repeat::Safe,
            Self::ClearLetsEncrypt { .. } => Repeat::ProbeFirst,
        }
    }

    fn undo(&self) -> Undo {
        match self {
            Self::SaveList { .. } | Self::BackUp { .. } => Undo::Nothing,
            Self::FixOwners { .. } => Undo::Person(Why::OwnersFromList),
            Self::ClearLetsEncrypt { copy, dir, .. } => {
                // nginx may have begun a new store by then: the copy would land inside it.
                Undo::Commands(vec![
                    format!("test ! -e {dir} || mv -nT {dir} {copy}-failed"),
                    format!("test ! -e {dir} && cp -a {copy} {dir}"),
                ])
            }
            Self::SetAside { paths, suffix, .. } => {
                Undo::Commands(paths.iter().rev().map(|path| from_aside(path, suffix)).collect())
            }
            // Of what came back there is the backup; it moves aside all the same.
            Self::PutBack { paths, .. } => {
                let suffix = format!("{ASIDE}undone");
                Undo::Commands(paths.iter().rev().map(|path| aside(path, &suffix)).collect())
            }
        }
    }
}

//! `find`: its expression, walked entry by entry as the real one does.

use super::nested;
use crate::process::Shell;
use crate::shell::fits;
use crate::world::MISSING;
use crate::world::files::{Entry, base};

/// A part of an expression.
enum Part {
    Not(Box<Part>),
    And(Vec<Part>),
    Or(Vec<Part>),
    Name(String),
    Path(String),
    Type(String),
    Prune,
    Quit,
    Print,
    Printf(String),
    /// A command for each entry, true when it ends well.
    Exec(Vec<String>),
    /// A command for all of them at the end.
    ExecAll(usize),
}

/// An expression with what concerns the whole walk.
#[derive(Default)]
struct Walk {
    least: usize,
    most: Option<usize>,
    acts: bool,
    /// Commands that end in `+`, and the entries they are to have.
    all: Vec<(Vec<String>, Vec<String>)>,
}

/// What an entry did to the walk.
#[derive(Default)]
struct Turn {
    pruned: bool,
    quit: bool,
}

pub(super) async fn run(shell: &Shell, args: &[&str]) -> i32 {
    let (paths, expression, mut walk) = parsed(args);
    let Some(expression) = expression else {
        shell.complain("find: an expression not known here");
        return 1;
    };
    let mut code = 0;
    'paths: for path in &paths {
        let Ok(tree) = shell.with(|w| w.tree(&shell.node, &shell.path(path))) else {
            shell.complain(&format!("find: '{path}': {MISSING}"));
            code = 1;
            continue;
        };
        let mut pruned: Vec<String> = Vec::new();
        for (at, entry) in tree {
            let level = if at.is_empty() { 0 } else { at.matches('/').count() + 1 };
            let cut = pruned.iter().any(|p| at.starts_with(p));
            if cut || level < walk.least || walk.most.is_some_and(|most| level > most) {
                continue;
            }
            let shown = match (at.as_str(), path.ends_with('/')) {
                ("", _) => path.clone(),
                (at, true) => format!("{path}{at}"),
                (at, false) => format!("{path}/{at}"),
            };
            let mut turn = Turn::default();
            let found = Found { shell, shown: &shown, entry: &entry };
            Box::pin(found.meets(&expression, &mut walk, &mut turn)).await;
            if turn.pruned {
                pruned.push(format!("{at}/"));
            }
            if turn.quit {
                break 'paths;
            }
        }
    }
    for (command, found) in walk.all {
        if found.is_empty() {
            continue;
        }
        let words = command.into_iter().chain(found).collect();
        if nested(shell.clone(), words).await != 0 {
            code = 1;
        }
    }
    code
}

/// Where to begin, and what is asked of each entry.
fn parsed(args: &[&str]) -> (Vec<String>, Option<Part>, Walk) {
    let begins = |a: &&str| a.starts_with('-') || *a == "!";
    let split = args.iter().position(begins).unwrap_or(args.len());
    let (paths, words) = args.split_at(split);
    let paths = if paths.is_empty() { &["."][..] } else { paths };
    let paths = paths.iter().map(|path| (*path).to_owned()).collect();
    let mut walk = Walk::default();
    let expression = either(&mut words.iter().copied().peekable(), &mut walk);
    let expression = expression.map(|part| match walk.acts {
        true => part,
        false => Part::And(vec![part, Part::Print]),
    });
    (paths, expression, walk)
}

type Words<'w> = std::iter::Peekable<std::iter::Copied<std::slice::Iter<'w, &'w str>>>;

fn either(words: &mut Words<'_>, walk: &mut Walk) -> Option<Part> {
    let mut all = vec![both(words, walk)?];
    while words.next_if_eq(&"-o").is_some() {
        all.push(both(words, walk)?);
    }
    if words.peek().is_some() { None } else { Some(Part::Or(all)) }
}

fn both(words: &mut Words<'_>, walk: &mut Walk) -> Option<Part> {
    let mut all = Vec::new();
    while let Some(word) = words.next_if(|w| *w != "-o") {
        match word {
            "-mindepth" => walk.least = words.next()?.parse().ok()?,
            "-maxdepth" => walk.most = Some(words.next()?.parse().ok()?),
            "!" => {
                let word = words.next()?;
                all.push(Part::Not(Box::new(primary(word, words, walk)?)));
            }
            word => all.push(primary(word, words, walk)?),
        }
    }
    Some(Part::And(all))
}

fn primary(word: &str, words: &mut Words<'_>, walk: &mut Walk) -> Option<Part> {
    let mut value = || words.next().map(str::to_owned);
    Some(match word {
        "-name" => Part::Name(value()?),
        "-path" => Part::Path(value()?),
        "-type" => Part::Type(value()?),
        "-prune" => Part::Prune,
        "-quit" => Part::Quit,
        "-print" => {
            walk.acts = true;
            Part::Print
        }
        "-printf" => {
            walk.acts = true;
            Part::Printf(value()?)
        }
        "-exec" => {
            walk.acts = true;
            let mut command = Vec::new();
            loop {
                match words.next()? {
                    ";" => return Some(Part::Exec(command)),
                    "+" if command.last().is_some_and(|w| w == "{}") => {
                        command.pop();
                        walk.all.push((command, Vec::new()));
                        return Some(Part::ExecAll(walk.all.len() - 1));
                    }
                    word => command.push(word.to_owned()),
                }
            }
        }
        _ => return None,
    })
}

/// Stands for the time of a file's last change, which copies and moves keep: what was written
/// otherwise was written at another time.
fn written(entry: &Entry) -> u64 {
    let text = entry.text.as_deref().unwrap_or_default();
    text.bytes().fold(1_600_000_000, |all, byte| (all * 31 + u64::from(byte)) % 1_000_000_007)
}

/// An entry on the walk.
struct Found<'f> {
    shell: &'f Shell,
    shown: &'f str,
    entry: &'f Entry,
}

impl Found<'_> {
    async fn meets(&self, part: &Part, walk: &mut Walk, turn: &mut Turn) -> bool {
        let shell = self.shell;
        let kind = if self.entry.is_directory() { "d" } else { "f" };
        match part {
            Part::Not(inner) => !Box::pin(self.meets(inner, walk, turn)).await,
            Part::And(all) => {
                for inner in all {
                    if !Box::pin(self.meets(inner, walk, turn)).await {
                        return false;
                    }
                }
                true
            }
            Part::Or(all) => {
                for inner in all {
                    if Box::pin(self.meets(inner, walk, turn)).await {
                        return true;
                    }
                }
                false
            }
            Part::Name(pattern) => fits(pattern, base(self.shown)),
            Part::Path(pattern) => fits(pattern, self.shown),
            Part::Type(wanted) => wanted == kind,
            Part::Prune => {
                turn.pruned = true;
                true
            }
            Part::Quit => {
                turn.quit = true;
                true
            }
            Part::Print => {
                shell.line(self.shown);
                true
            }
            Part::Printf(format) => {
                let (user, group) = self.entry.owner;
                let text = format
                    .replace("%y", kind)
                    .replace("%s", &self.entry.size().to_string())
                    .replace("%U", &user.to_string())
                    .replace("%G", &group.to_string())
                    .replace("%Ts", &written(self.entry).to_string())
                    .replace("%p", self.shown)
                    .replace("\\n", "\n");
                shell.say(&text);
                true
            }
            Part::Exec(command) => {
                let words = command.iter().map(|w| w.replace("{}", self.shown)).collect();
                nested(shell.clone(), words).await == 0
            }
            Part::ExecAll(number) => {
                walk.all[*number].1.push(self.shown.to_owned());
                true
            }
        }
    }
}

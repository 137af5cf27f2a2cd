//! `cp`, `mv`, `rm`, `mkdir`, `chown`, `chmod`, `touch`.

use crate::process::Shell;
use crate::world::files::Entry;
use crate::world::{EXISTS, MISSING, Refusal};

/// Bytes that a disk copies in a millisecond.
const BYTES_PER_MS: u64 = 200_000;

pub(super) async fn run(shell: &Shell, name: &str, args: &[&str]) -> i32 {
    let short = args.iter().filter(|a| !a.starts_with("--"));
    let flags: String = short.filter_map(|a| a.strip_prefix('-')).collect();
    let numbered = args.contains(&"--backup=numbered");
    let has = |flag: char| flags.contains(flag);
    let mut operands: Vec<&str> = args.iter().filter(|a| !a.starts_with('-')).copied().collect();
    // `-t DIRECTORY` stands before what goes there.
    if let Some(at) = args.iter().position(|a| *a == "-t" && matches!(name, "cp" | "mv"))
        && let Some(to) = args.get(at + 1)
    {
        operands.retain(|o| o != to);
        operands.push(to);
    }
    let outcome = match name {
        "cp" | "mv" => {
            if numbered {
                operands.iter().skip(1).for_each(|to| number(shell, &shell.path(to)));
            }
            copy_or_move(shell, name == "mv", has('n'), has('a') || has('r'), &operands).await
        }
        "rm" => {
            let mut worst = Ok(());
            for path in operands {
                let full = shell.path(path);
                let entry = shell.with(|w| w.entry(&shell.node, &full).cloned());
                let done = match entry {
                    None if has('f') => Ok(()),
                    None => Err(MISSING),
                    Some(e) if e.is_directory() && !has('r') => Err("Is a directory"),
                    Some(_) => shell.with(|w| w.remove(&shell.node, &full)),
                };
                worst = worst.and(done.map_err(|why| format!("cannot remove '{path}': {why}")));
            }
            worst
        }
        "mkdir" => {
            if args.contains(&"-m") {
                operands.retain(|o| !o.bytes().all(|b| b.is_ascii_digit()));
            }
            let mode = args.iter().position(|a| *a == "-m").and_then(|i| args.get(i + 1));
            let mode = mode.and_then(|m| u32::from_str_radix(m, 8).ok()).unwrap_or(0o755);
            operands.iter().try_for_each(|path| {
                make(shell, &shell.path(path), has('p'), mode)
                    .map_err(|why| format!("cannot create directory '{path}': {why}"))
            })
        }
        "chown" | "chmod" => {
            let (what, paths) = operands.split_first().map_or(("", &[][..]), |(w, p)| (*w, p));
            if paths.is_empty() {
                Err("missing operand".to_owned())
            } else {
                shell.sleep(500).await;
                paths.iter().try_for_each(|path| {
                    change(shell, name == "chown", what, &shell.path(path), has('R'))
                        .map_err(|why| format!("cannot access '{path}': {why}"))
                })
            }
        }
        _ => operands.iter().try_for_each(|path| {
            let full = shell.path(path);
            let there = shell.with(|w| w.entry(&shell.node, &full).is_some());
            let made = if there { Ok(()) } else { shell.with(|w| w.write(&shell.node, &full, "")) };
            made.map_err(|why| format!("cannot touch '{path}': {why}"))
        }),
    };
    match outcome {
        Ok(()) => 0,
        Err(why) => {
            shell.complain(&format!("{name}: {why}"));
            1
        }
    }
}

async fn copy_or_move(
    shell: &Shell,
    moves: bool,
    keeps: bool,
    whole: bool,
    operands: &[&str],
) -> Result<(), String> {
    let (to, sources) = operands.split_last().ok_or("missing file operand")?;
    for from in sources {
        let (from, to) = (shell.path(from), shell.path(to));
        shell.with(|w| w.settle());
        let tree = shell.with(|w| w.tree(&shell.node, &from));
        let tree = tree.map_err(|why| format!("cannot stat '{from}': {why}"))?;
        if !moves && !whole && tree.first().is_some_and(|(_, e)| e.is_directory()) {
            return Err(format!("-r not specified; omitting directory '{from}'"));
        }
        let target = shell.with(|w| w.target(&shell.node, &from, &to));
        if keeps && shell.with(|w| w.entry(&shell.node, &target).is_some()) {
            continue;
        }
        if moves {
            let done = shell.with(|w| w.rename(&shell.node, &from, &target));
            done.map_err(|why| format!("cannot move '{from}' to '{target}': {why}"))?;
            continue;
        }
        // File by file, so that a copy cut short is a part of the tree, and what is written
        // meanwhile makes the copy differ from what it was made of.
        let mut owed = 0;
        for (at, entry) in tree {
            let size = entry.size();
            let to = if at.is_empty() { target.clone() } else { format!("{target}/{at}") };
            let put = shell.with(|w| w.put(&shell.node, &to, entry));
            put.map_err(|why| format!("error writing '{to}': {why}"))?;
            owed += size;
            if owed >= BYTES_PER_MS {
                shell.sleep(owed / BYTES_PER_MS).await;
                owed %= BYTES_PER_MS;
            }
        }
    }
    Ok(())
}

/// `--backup=numbered`: what is there moves on to `….~1~`, `….~2~` and so on.
fn number(shell: &Shell, path: &str) {
    shell.with(|w| {
        if w.entry(&shell.node, path).is_none_or(Entry::is_directory) {
            return;
        }
        let free = (1..).map(|n| format!("{path}.~{n}~"));
        let free = free.into_iter().find(|to| w.entry(&shell.node, to).is_none());
        if let Some(to) = free {
            w.rename(&shell.node, path, &to).ok();
        }
    });
}

fn make(shell: &Shell, path: &str, parents: bool, mode: u32) -> Result<(), Refusal> {
    let entry = shell.with(|w| w.entry(&shell.node, path).cloned());
    if let Some(entry) = entry {
        return if parents && entry.is_directory() { Ok(()) } else { Err(EXISTS) };
    }
    if parents && let Some((above, _)) = path.rsplit_once('/').filter(|(a, _)| !a.is_empty()) {
        make(shell, above, true, 0o755)?;
    }
    let entry = Entry { mode, ..Entry::directory() };
    shell.with(|w| w.put(&shell.node, path, entry))
}

fn change(shell: &Shell, owner: bool, what: &str, path: &str, deep: bool) -> Result<(), Refusal> {
    let tree = shell.with(|w| w.tree(&shell.node, path))?;
    let numbers = what.split_once(':').and_then(|(u, g)| Some((u.parse().ok()?, g.parse().ok()?)));
    for (at, mut entry) in tree {
        if !at.is_empty() && !deep {
            break;
        }
        match (owner, numbers, u32::from_str_radix(what, 8)) {
            (true, Some(numbers), _) => entry.owner = numbers,
            (false, _, Ok(mode)) => entry.mode = mode,
            _ => return Err("invalid argument"),
        }
        let full = if at.is_empty() { path.to_owned() } else { format!("{path}/{at}") };
        shell.with(|w| w.put(&shell.node, &full, entry))?;
    }
    Ok(())
}

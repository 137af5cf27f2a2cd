//! `cat`, `grep`, `sed -n`, `sort`, `head`, `tail`, `wc`, `diff`.

use crate::process::Shell;
use crate::shell::fits;
use crate::world::MISSING;

pub(super) async fn run(shell: &Shell, name: &str, args: &[&str]) -> i32 {
    shell.with(|w| w.settle());
    match name {
        "diff" => diff(shell, args),
        "grep" => grep(shell, args),
        "sed" => sed(shell, args),
        _ => whole(shell, name, args),
    }
}

/// The texts of files, or of standard input.
fn texts(shell: &Shell, name: &str, paths: &[&str]) -> (i32, Vec<String>) {
    if paths.is_empty() {
        return (0, vec![shell.input.clone().unwrap_or_default()]);
    }
    let mut code = 0;
    let mut all = Vec::new();
    for path in paths {
        match read(shell, path) {
            Ok(text) => all.push(text),
            Err(why) => {
                shell.complain(&format!("{name}: {path}: {why}"));
                code = 1;
            }
        }
    }
    (code, all)
}

pub(super) fn read(shell: &Shell, path: &str) -> Result<String, &'static str> {
    if let Some(text) = shell.pipes.get(path) {
        return Ok(text.clone());
    }
    let full = shell.path(path);
    shell.with(|w| match full.as_str() {
        "/dev/null" => Ok(String::new()),
        "/proc/sys/kernel/random/boot_id" => Ok(format!("{}\n", w.node(&shell.node).boot_id())),
        full => match w.entry(&shell.node, full) {
            None => Err(MISSING),
            Some(entry) => entry.text.clone().ok_or("Is a directory"),
        },
    })
}

fn whole(shell: &Shell, name: &str, args: &[&str]) -> i32 {
    let number = |given: &str| given.trim_start_matches(['-', 'n', '=']).parse::<usize>().ok();
    let mut count = 10;
    let mut paths = Vec::new();
    let mut words = args.iter();
    while let Some(word) = words.next() {
        match *word {
            "-n" => count = words.next().and_then(|w| number(w)).unwrap_or(count),
            flag if flag.starts_with('-') && flag.len() > 1 => {
                count = number(flag).unwrap_or(count);
            }
            path => paths.push(path),
        }
    }
    let (code, texts) = texts(shell, name, &paths);
    let text = texts.concat();
    let mut lines: Vec<&str> = text.lines().collect();
    match name {
        "cat" => shell.say(&text),
        "wc" => shell.line(&lines.len().to_string()),
        "sort" => {
            lines.sort_unstable();
            lines.iter().for_each(|l| shell.line(l));
        }
        "head" => lines.iter().take(count).for_each(|l| shell.line(l)),
        _ => lines.iter().skip(lines.len().saturating_sub(count)).for_each(|l| shell.line(l)),
    }
    code
}

fn grep(shell: &Shell, args: &[&str]) -> i32 {
    let flags: String = args.iter().filter_map(|a| a.strip_prefix('-')).collect();
    let mut operands = args.iter().filter(|a| !a.starts_with('-')).copied();
    let pattern = operands.next().unwrap_or_default().to_owned();
    let paths: Vec<&str> = operands.collect();
    let (code, texts) = texts(shell, "grep", &paths);
    let (start, middle) = match pattern.strip_prefix('^') {
        Some(rest) => (true, rest.to_owned()),
        None => (false, pattern),
    };
    let wild = format!("{}*", middle.replace(".*", "*"));
    let fits = |line: &str| match (start, middle.as_str()) {
        // The one pattern typed that is no plain text: any character.
        (_, ".") => !line.is_empty(),
        (true, text) if text.contains(".*") => fits(&wild, line),
        (true, _) => line.starts_with(&middle),
        _ => line.contains(&middle),
    };
    let mut found = false;
    for text in texts {
        for (i, line) in text.lines().enumerate() {
            if fits(line) != flags.contains('v') {
                found = true;
                if !flags.contains('q') {
                    let number =
                        if flags.contains('n') { format!("{}:", i + 1) } else { String::new() };
                    shell.line(&format!("{number}{line}"));
                }
            }
        }
    }
    if code != 0 { 2 } else { i32::from(!found) }
}

/// `sed -n '/^FROM/,/^[^ #]/{/^FROM/p;/^[ #]/p}'`, the one form that is typed: a key of settings
/// and what is indented below it.
fn sed(shell: &Shell, args: &[&str]) -> i32 {
    let mut operands = args.iter().filter(|a| !a.starts_with('-')).copied();
    let script = operands.next().unwrap_or_default();
    let paths: Vec<&str> = operands.collect();
    let (code, texts) = texts(shell, "sed", &paths);
    let from = script.strip_prefix("/^").and_then(|s| s.split_once("/,/^[^ #]/{/^"));
    let from = from.filter(|(from, rest)| *rest == format!("{from}/p;/^[ #]/p}}"));
    let from = from.map(|(from, _)| from);
    let Some(from) = from else {
        shell.complain(&format!("sed: a script not known here: {script}"));
        return 2;
    };
    let mut inside = false;
    for line in texts.concat().lines() {
        if inside {
            inside = line.is_empty() || line.starts_with([' ', '#']);
            if line.starts_with([' ', '#']) {
                shell.line(line);
            }
        } else if line.starts_with(from) {
            shell.line(line);
            inside = true;
        }
    }
    code
}

fn diff(shell: &Shell, args: &[&str]) -> i32 {
    let paths: Vec<&str> = args.iter().filter(|a| !a.starts_with('-')).copied().collect();
    let [left, right] = paths[..] else { return 2 };
    let (left, right) = match (read(shell, left), read(shell, right)) {
        (Ok(left), Ok(right)) => (left, right),
        (Err(why), _) => {
            shell.complain(&format!("diff: {left}: {why}"));
            return 2;
        }
        (_, Err(why)) => {
            shell.complain(&format!("diff: {right}: {why}"));
            return 2;
        }
    };
    if left == right {
        return 0;
    }
    left.lines()
        .filter(|l| !right.lines().any(|r| r == *l))
        .for_each(|l| shell.line(&format!("< {l}")));
    right
        .lines()
        .filter(|r| !left.lines().any(|l| l == *r))
        .for_each(|r| shell.line(&format!("> {r}")));
    1
}

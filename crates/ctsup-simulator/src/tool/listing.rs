//! `ls`, `find`, `stat`, `sha256sum`.

use crate::chance::hash;
use crate::process::Shell;
use crate::world::MISSING;
use crate::world::files::Entry;

pub(super) async fn run(shell: &Shell, name: &str, args: &[&str]) -> i32 {
    shell.with(|w| w.settle());
    match name {
        "ls" => ls(shell, args).await,
        "find" => Box::pin(super::find::run(shell, args)).await,
        "stat" => {
            let format = args.iter().position(|a| *a == "-c").and_then(|i| args.get(i + 1));
            let format = format.copied().unwrap_or("%n");
            let paths = args.iter().filter(|a| !a.starts_with('-') && **a != format);
            each(shell, "stat", paths, |path, entry| {
                let (user, group) = entry.owner;
                let text =
                    format.replace("%u", &user.to_string()).replace("%g", &group.to_string());
                text.replace("%s", &entry.size().to_string()).replace("%n", path)
            })
        }
        _ => each(shell, name, args.iter(), |path, entry| {
            let text = entry.text.as_deref().unwrap_or_default();
            let halves: Vec<String> = (0..4u8)
                .map(|i| format!("{:016x}", hash(&[text.as_bytes(), &[i]].concat())))
                .collect();
            format!("{}  {path}", halves.concat())
        }),
    }
}

fn each<'a>(
    shell: &Shell,
    name: &str,
    paths: impl Iterator<Item = &'a &'a str>,
    print: impl Fn(&str, &Entry) -> String,
) -> i32 {
    let mut code = 0;
    for path in paths {
        match shell.with(|w| w.entry(&shell.node, &shell.path(path)).cloned()) {
            Some(entry) => shell.line(&print(path, &entry)),
            None => {
                shell.complain(&format!("{name}: {path}: {MISSING}"));
                code = 1;
            }
        }
    }
    code
}

async fn ls(shell: &Shell, args: &[&str]) -> i32 {
    let long = args.iter().any(|a| a.starts_with('-') && a.contains('l'));
    let itself = args.iter().any(|a| a.starts_with('-') && a.contains('d'));
    let mut code = 0;
    let mut paths: Vec<&str> = args.iter().filter(|a| !a.starts_with('-')).copied().collect();
    if paths.is_empty() {
        paths.push(".");
    }
    for path in paths {
        let full = shell.path(path);
        let hangs = shell.with(|w| w.node(&shell.node).files_hang);
        if hangs && full.starts_with("/opt/ex_data") {
            shell.sleep(u64::MAX / 4).await;
        }
        let Ok(tree) = shell.with(|w| w.tree(&shell.node, &full)) else {
            shell.complain(&format!("ls: cannot access '{path}': {MISSING}"));
            code = 2;
            continue;
        };
        if itself || tree.first().is_some_and(|(_, e)| !e.is_directory()) {
            shell.line(path);
            continue;
        }
        if long {
            shell.line("total 0");
        }
        for (at, entry) in tree.iter().filter(|(at, _)| !at.is_empty() && !at.contains('/')) {
            if long {
                let kind = if entry.is_directory() { 'd' } else { '-' };
                let (user, group) = entry.owner;
                let size = entry.size();
                shell.line(&format!("{kind}rwxr-xr-x 1 {user} {group} {size} Nov 22 10:50 {at}"));
            } else {
                shell.line(at);
            }
        }
    }
    code
}

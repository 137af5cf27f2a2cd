//! What belongs to the shell itself, and programs that run other programs.

use super::nested;
use crate::process::Shell;
use crate::shell;
use crate::world::MISSING;

/// Commands that change the shell which runs them.
pub(super) fn builtin(shell: &mut Shell, name: &str, args: &[String]) -> Option<i32> {
    Some(match name {
        ":" | "true" => 0,
        "false" => 1,
        "cd" => {
            let path = shell.path(args.first().map_or("/root", String::as_str));
            let is = shell.with(|w| w.entry(&shell.node, &path).is_some_and(|e| e.is_directory()));
            if is {
                shell.cwd = path;
                0
            } else {
                shell.complain(&format!("sh: cd: {path}: {MISSING}"));
                1
            }
        }
        // All the tools of this simulation are on every host, and script(1) is.
        "command" => {
            shell.say(&format!("/usr/bin/{}\n", args.last().map_or("", String::as_str)));
            0
        }
        "set" => {
            shell.no_clobber |= args.iter().any(|a| a == "-C");
            0
        }
        "export" => {
            let pairs = args.iter().filter_map(|a| a.split_once('='));
            let pairs: Vec<_> = pairs.map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
            shell.environment.extend(pairs);
            0
        }
        "exit" => {
            let code = args.first().map_or("0", String::as_str).to_owned();
            let number = code.parse().unwrap_or(2);
            shell.environment.insert("exit".to_owned(), code);
            number
        }
        "echo" => {
            let newline = if args.first().is_some_and(|a| a == "-n") { "" } else { "\n" };
            let skip = usize::from(newline.is_empty());
            shell.say(&format!("{}{newline}", args[skip..].join(" ")));
            0
        }
        "printf" => {
            let (format, rest) = args.split_first()?;
            let mut text = format.replace("\\n", "\n");
            for arg in rest {
                text = text.replacen("%s", arg, 1);
            }
            shell.say(&text);
            0
        }
        _ => return None,
    })
}

pub(super) async fn run(shell: &Shell, name: &str, args: &[String]) -> i32 {
    match name {
        "sleep" => {
            let seconds: u64 = args.first().and_then(|a| a.parse().ok()).unwrap_or(0);
            shell.sleep(seconds * 1000).await;
            0
        }
        "date" => {
            shell.line(&shell.with(|w| w.clock_text()));
            0
        }
        "hostname" => {
            shell.line(&shell.with(|w| w.node(&shell.node).fqdn.clone()));
            0
        }
        "id" => {
            shell.line(if args.iter().any(|a| a == "-u") {
                "0"
            } else {
                "uid=0(root) gid=0(root)"
            });
            0
        }
        "pgrep" => {
            let pattern = args.iter().find(|a| !a.starts_with('-')).cloned().unwrap_or_default();
            let found = shell.with(|w| {
                let alive = w.calls.iter().filter(|c| c.node == shell.node && c.ended.is_none());
                let named = alive.filter(|c| c.job.is_some() && c.text.contains(&pattern));
                named.map(|c| c.text.clone()).collect::<Vec<_>>()
            });
            found.iter().for_each(|text| shell.line(&format!("4711 {text}")));
            i32::from(found.is_empty())
        }
        "mountpoint" => {
            let path = args.iter().find(|a| !a.starts_with('-')).map_or("", String::as_str);
            let path = shell.path(path);
            i32::from(!shell.with(|w| w.node(&shell.node).mounts.contains_key(&path)))
        }
        // There are no links here: a path is what it is.
        "readlink" => {
            args.iter().filter(|a| !a.starts_with('-')).for_each(|a| shell.line(&shell.path(a)));
            0
        }
        "findmnt" => {
            let mounts = shell.with(|w| w.node(&shell.node).mounts.clone());
            mounts.keys().for_each(|mount| shell.line(mount));
            0
        }
        "test" | "[" => i32::from(!holds(shell, args)),
        "bash" | "sh" => match args.iter().position(|a| a == "-c").and_then(|i| args.get(i + 1)) {
            Some(script) => shell::run_script(shell.clone(), script.clone()).await,
            None => 0,
        },
        "sudo" | "nice" | "env" => {
            let rest: Vec<String> =
                args.iter().skip_while(|a| a.starts_with('-')).cloned().collect();
            nested(shell.clone(), rest).await
        }
        "timeout" => {
            let rest: Vec<String> =
                args.iter().skip_while(|a| a.starts_with('-')).skip(1).cloned().collect();
            nested(shell.clone(), rest).await
        }
        "xargs" => {
            let input = shell.input.clone().unwrap_or_default();
            let fields = input.split_whitespace().map(str::to_owned);
            let (skips_nothing, args) = match args {
                [first, rest @ ..] if first == "-r" => (true, rest),
                all => (false, all),
            };
            if skips_nothing && input.trim().is_empty() {
                return 0;
            }
            let words: Vec<String> = args.iter().cloned().chain(fields).collect();
            let inner = Shell { input: None, ..shell.clone() };
            // Whatever the program answers from 1 to 125, xargs answers 123.
            match nested(inner, words).await {
                0 => 0,
                _ => 123,
            }
        }
        _ => 127,
    }
}

fn holds(shell: &Shell, args: &[String]) -> bool {
    let args: Vec<&str> = args.iter().map(String::as_str).filter(|a| *a != "]").collect();
    let entry = |path: &str| shell.with(|w| w.entry(&shell.node, &shell.path(path)).cloned());
    match args[..] {
        ["!", ref rest @ ..] => {
            !holds(shell, &rest.iter().map(|a| (*a).to_owned()).collect::<Vec<_>>())
        }
        ["-e", path] => entry(path).is_some(),
        ["-f", path] => entry(path).is_some_and(|e| !e.is_directory()),
        ["-d", path] => entry(path).is_some_and(|e| e.is_directory()),
        ["-L", _] => false,
        ["-s", path] => entry(path).is_some_and(|e| e.size() > 0),
        ["-n", text] => !text.is_empty(),
        ["-z", text] => text.is_empty(),
        [a, "=", b] => a == b,
        [a, "!=", b] => a != b,
        _ => false,
    }
}

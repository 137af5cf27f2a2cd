//! `df` and `du`.

use crate::process::Shell;
use crate::world::MISSING;
use crate::world::files::Entry;

pub(super) async fn run(shell: &Shell, name: &str, args: &[&str]) -> i32 {
    shell.with(|w| w.settle());
    let paths: Vec<&str> = args.iter().filter(|a| !a.starts_with('-')).copied().collect();
    if name == "df" { df(shell, args, &paths) } else { du(shell, args, &paths).await }
}

fn df(shell: &Shell, args: &[&str], paths: &[&str]) -> i32 {
    let output = args.iter().find_map(|a| a.strip_prefix("--output=")).unwrap_or("avail,target");
    let title = |column: &str| match column {
        "avail" => "Avail",
        "size" => "1B-blocks",
        "used" => "Used",
        _ => "Mounted on",
    };
    let mut rows = vec![output.split(',').map(title).map(str::to_owned).collect::<Vec<_>>()];
    let mut code = 0;
    for path in paths {
        let full = shell.path(path);
        let row = shell.with(|w| {
            w.entry(&shell.node, &full)?;
            let (mount, storage) = w.storage_of(&shell.node, &full)?;
            let value = |column: &str| match column {
                "avail" => storage.free().to_string(),
                "size" => storage.capacity.to_string(),
                "used" => storage.used().to_string(),
                _ => mount.to_owned(),
            };
            Some(output.split(',').map(value).collect::<Vec<_>>())
        });
        match row {
            Some(row) => rows.push(row),
            None => {
                shell.complain(&format!("df: {path}: {MISSING}"));
                code = 1;
            }
        }
    }
    if rows.len() > 1 {
        for row in rows {
            shell.line(&format!("{:>12}", row.join(" ")));
        }
    }
    code
}

async fn du(shell: &Shell, args: &[&str], paths: &[&str]) -> i32 {
    let (mut code, mut total) = (0, 0);
    for path in paths {
        match shell.with(|w| w.tree(&shell.node, &shell.path(path))) {
            Ok(tree) => {
                let size: u64 = tree.iter().map(|(_, entry): &(String, Entry)| entry.size()).sum();
                total += size;
                shell.line(&format!("{size}\t{path}"));
            }
            Err(why) => {
                shell.complain(&format!("du: cannot access '{path}': {why}"));
                code = 1;
            }
        }
    }
    if args.contains(&"-sc") {
        shell.line(&format!("{total}\ttotal"));
    }
    shell.sleep(1000).await;
    code
}

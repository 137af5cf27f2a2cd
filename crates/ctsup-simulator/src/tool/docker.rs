//! `docker`: lists, volumes, space, pulls.

use super::containers;
use crate::process::Shell;
use crate::world::files::Entry;

/// Bytes of an image on disk.
const IMAGE_BYTES: u64 = 300_000_000;
const NO_DAEMON: &str = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. \
                         Is the docker daemon running?";
const NO_INFO: &str = "template: :1:2: executing \"\" at <.DockerRootDir>: reflect: \
                       indirection through nil pointer to embedded struct field Info";

pub(super) async fn run(shell: &Shell, args: &[&str]) -> i32 {
    if args == ["--version"] {
        shell.line("Docker version 20.10.24, build 297e128");
        return 0;
    }
    if args.first() == Some(&"login") {
        shell.line("Login Succeeded");
        return 0;
    }
    if matches!(args, ["info", _, ..]) && !shell.with(|w| w.node(&shell.node).docker.running) {
        // Asked for one value it does not say that nobody answers.
        shell.complain(NO_INFO);
        return 1;
    }
    if !daemon(shell) {
        return 1;
    }
    shell.busy(50, 400).await;
    shell.with(|w| w.settle());
    let format = args.iter().position(|a| *a == "--format" || *a == "-f");
    let format = format.and_then(|i| args.get(i + 1)).copied();
    let node = shell.node.as_str();
    match args {
        ["ps", ..] => {
            let all = args.iter().any(|a| ["-a", "--all", "-aq"].contains(a));
            let whole = args.contains(&"--no-trunc");
            if let ["ps", "-q", "--filter", filter] = args {
                let begins = filter.strip_prefix("name=^").unwrap_or_default();
                let up = shell.with(|w| containers::up(w, node, begins));
                up.iter().for_each(|name| shell.line(name));
                return 0;
            }
            shell.say(&shell.with(|w| containers::ps(w, node, all, format, whole)));
            0
        }
        ["stop", names @ ..] => {
            for name in names {
                shell.busy(1_000, 8_000).await;
                shell.with(|w| {
                    w.end_container(node, name, 0);
                    w.container_mut(node, name).map(|c| c.wanted = false)
                });
                shell.line(name);
            }
            0
        }
        ["images", ..] => {
            shell.say(&shell.with(|w| containers::images(w, node, format)));
            0
        }
        ["system", "df", ..] => {
            shell.say(&shell.with(|w| containers::system_df(w, node)));
            0
        }
        ["volume", "ls", ..] => {
            shell.line("DRIVER    VOLUME NAME");
            let all = shell.with(|w| containers::volumes(w, node));
            all.iter().for_each(|v| shell.line(&format!("local     {v}")));
            0
        }
        ["volume", "inspect", rest @ ..] => inspect(shell, rest, format),
        ["image", "inspect", rest @ ..] => images(shell, rest, format),
        ["pull", image] => pull(shell, image).await,
        ["info", rest @ ..] => {
            let root = shell.with(|w| w.node(node).docker.root.clone());
            shell.line(&if rest.is_empty() { format!(" Docker Root Dir: {root}") } else { root });
            0
        }
        _ => {
            shell.complain(&format!("docker: not known here: {}", args.join(" ")));
            1
        }
    }
}

/// Whether the daemon runs; complains when it does not.
pub(super) fn daemon(shell: &Shell) -> bool {
    let running = shell.with(|w| w.node(&shell.node).docker.running);
    if !running {
        shell.complain(NO_DAEMON);
    }
    running
}

fn inspect(shell: &Shell, args: &[&str], format: Option<&str>) -> i32 {
    let names = args.iter().filter(|a| !a.starts_with('-') && Some(**a) != format);
    let known = shell.with(|w| containers::volumes(w, &shell.node));
    let mut code = 0;
    for name in names {
        if known.iter().any(|v| v == name) {
            let path = shell.with(|w| w.volume_path(&shell.node, name));
            match format {
                Some(_) => shell.line(&path),
                None => {
                    shell.line(&format!("[{{\"Mountpoint\": \"{path}\", \"Name\": \"{name}\"}}]"))
                }
            }
        } else {
            shell.complain(&format!("Error: No such volume: {name}"));
            code = 1;
        }
    }
    code
}

/// Names the images that are there, and complains of those that are not.
fn images(shell: &Shell, args: &[&str], format: Option<&str>) -> i32 {
    let names = args.iter().filter(|a| !a.starts_with('-') && Some(**a) != format);
    let mut code = 0;
    for name in names {
        if shell.with(|w| w.node(&shell.node).docker.images.contains(*name)) {
            shell.line(&format!("sha256:{:016x}", crate::chance::hash(name.as_bytes())));
        } else {
            shell.complain(&format!("Error: No such image: {name}"));
            code = 1;
        }
    }
    code
}

/// Brings an image to the node.
pub(super) async fn pull(shell: &Shell, image: &str) -> i32 {
    let node = shell.node.as_str();
    if shell.with(|w| w.node(node).docker.images.contains(image)) {
        shell.busy(300, 1500).await;
        return 0;
    }
    let (reaches, has) = shell.with(|w| (w.node(node).registry, w.registry.has(image)));
    if !reaches {
        shell.sleep(15_000).await;
        shell.complain(
            "Error response from daemon: net/http: request canceled while waiting for connection",
        );
        return 1;
    }
    if !has {
        shell.complain(&format!(
            "Error response from daemon: manifest for {image} not found: manifest unknown"
        ));
        return 1;
    }
    shell.busy(8_000, 40_000).await;
    let name = format!("{:016x}", crate::chance::hash(image.as_bytes()));
    let kept = shell.with(|w| {
        let path = format!("{}/overlay2/{name}", w.node(node).docker.root);
        let put = w.put(node, &path, Entry::file("").weighing(IMAGE_BYTES));
        if put.is_ok() {
            w.node_mut(node).docker.images.insert(image.to_owned());
        }
        put
    });
    if let Err(why) = kept {
        shell.complain(&format!(
            "failed to register layer: Error processing tar file(exit status 1): {}",
            why.to_lowercase()
        ));
        return 1;
    }
    shell.line(&format!("Status: Downloaded newer image for {image}"));
    0
}

//! Pacemaker's own tools: `crm_mon`, `crm_resource`, `cibadmin --query`, `crm_simulate`.

use super::{pcs, status_text, status_xml};
use crate::process::Shell;
use crate::world::cluster::{Cluster, Constraint};

pub(super) async fn run(shell: &Shell, name: &str, args: &[&str]) -> i32 {
    let Some(cluster) = shell.with(|w| w.node(&shell.node).cluster.clone()) else {
        shell.complain(&format!("sh: {name}: command not found"));
        return 127;
    };
    shell.busy(50, 300).await;
    let value = |flags: &[&str]| {
        args.iter().position(|a| flags.contains(a)).and_then(|i| args.get(i + 1)).copied()
    };
    match name {
        "crm_mon" => {
            let xml = args.iter().any(|a| a.contains("xml") || *a == "-X");
            let text = shell.with(|w| match xml {
                true => status_xml::status(w, &cluster),
                false => status_text::status(w, &cluster),
            });
            shell.say(&text);
            0
        }
        "cibadmin" => {
            shell.say(&shell.with(|w| cib(&w.clusters[&cluster])));
            0
        }
        "crm_resource" => {
            let resource = value(&["--resource", "-r"]).unwrap_or_default();
            if args.contains(&"--locate") || args.contains(&"-W") {
                let on = shell.with(|w| {
                    let on = w.clusters[&cluster].resource(resource).map(|r| r.on.clone())?;
                    Some(on.iter().map(|n| w.nodes[n].fqdn.clone()).collect::<Vec<_>>())
                });
                on.unwrap_or_default().iter().for_each(|n| shell.line(n));
                return 0;
            }
            match shell.variable("CIB_file").map(|f| shell.path(f)) {
                None => clear(shell, &cluster, resource),
                Some(file) => {
                    let Some(text) = shell.with(|w| w.text(&shell.node, &file).map(str::to_owned))
                    else {
                        return 105;
                    };
                    let left = format!("rsc=\"{resource}\"");
                    let kept =
                        text.lines().filter(|l| !(l.contains("id=\"cli-") && l.contains(&left)));
                    let kept = kept.map(|l| format!("{l}\n")).collect::<String>();
                    let _ = shell.with(|w| w.write(&shell.node, &file, &kept));
                }
            }
            0
        }
        _ => simulate(shell, &cluster, value(&["--xml-file", "-x"])),
    }
}

/// Takes a resource's left-over constraints away; the cluster then does what it does.
pub(super) fn clear(shell: &Shell, cluster: &str, resource: &str) {
    shell.with(|w| {
        if let Some(c) = w.clusters.get_mut(cluster) {
            pcs::forget(c, resource);
        }
        w.rearrange(cluster);
    });
}

fn cib(c: &Cluster) -> String {
    let line = |c: &Constraint| {
        format!(
            "      <rsc_location id=\"{}\" rsc=\"{}\" node=\"{}\" score=\"{}\"/>\n",
            c.id, c.resource, c.node, c.score
        )
    };
    let lines: String = c.constraints.iter().map(line).collect();
    format!(
        "<cib validate-with=\"pacemaker-3.9\">\n  <configuration>\n    <constraints>\n{lines}    </constraints>\n  </configuration>\n</cib>\n"
    )
}

fn simulate(shell: &Shell, cluster: &str, file: Option<&str>) -> i32 {
    let text =
        file.and_then(|f| shell.with(|w| w.text(&shell.node, &shell.path(f)).map(str::to_owned)));
    let Some(text) = text else {
        shell.complain("crm_simulate: no such file");
        return 105;
    };
    let attribute = |line: &str, name: &str| {
        let (_, rest) = line.split_once(&format!(" {name}=\""))?;
        rest.split_once('"').map(|(value, _)| value.to_owned())
    };
    let constraint = |line: &str| {
        Some(Constraint {
            id: attribute(line, "id")?,
            resource: attribute(line, "rsc")?,
            node: attribute(line, "node")?,
            score: attribute(line, "score")?.parse().ok()?,
        })
    };
    let mut c = shell.with(|w| w.clusters[cluster].clone());
    c.constraints =
        text.lines().filter(|l| l.contains("<rsc_location")).filter_map(constraint).collect();
    shell.line("Transition Summary:");
    for r in c.resources.iter().filter(|r| !r.clone) {
        let (now, wanted) = (r.on.first().cloned(), c.wanted(&r.id));
        if now != wanted {
            let name = |n: Option<String>| n.unwrap_or_else(|| "nowhere".to_owned());
            shell.line(&format!("  * Move       {}   ( {} -> {} )", r.id, name(now), name(wanted)));
        }
    }
    0
}

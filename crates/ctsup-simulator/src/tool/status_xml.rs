//! The XML of `crm_mon`: root `<crm_mon>` up to pcs 0.10, `<pacemaker-result>` since 0.11.

use std::fmt::Write as _;

use crate::world::World;
use crate::world::cluster::Resource;

pub(super) fn status(world: &World, name: &str) -> String {
    let c = &world.clusters[name];
    let new = c.pcs >= (0, 11, 0);
    let (open, close) = if new {
        (
            "<pacemaker-result api-version=\"2.25\" request=\"crm_mon --output-as=xml -1\">",
            "</pacemaker-result>",
        )
    } else {
        ("<?xml version=\"1.0\"?>\n<crm_mon version=\"1.1.23\">", "</crm_mon>")
    };
    let fqdn = |node: &str| world.nodes[node].fqdn.clone();
    let mut text = format!("{open}\n  <summary>\n    <stack type=\"corosync\"/>\n");
    let _ = match c.coordinator() {
        Some(dc) => writeln!(
            text,
            "    <current_dc present=\"true\" name=\"{}\" id=\"1\" with_quorum=\"true\"/>",
            fqdn(dc)
        ),
        None => writeln!(text, "    <current_dc present=\"false\"/>"),
    };
    let _ = writeln!(
        text,
        "    <nodes_configured number=\"2\"/>\n    <resources_configured number=\"{}\" disabled=\"0\" blocked=\"0\"/>\n    \
         <cluster_options stonith-enabled=\"{}\" symmetric-cluster=\"true\" no-quorum-policy=\"ignore\" maintenance-mode=\"{}\"/>\n  </summary>\n  <nodes>",
        c.resources.len(),
        c.fencing,
        c.maintenance
    );
    for (i, node) in c.nodes.iter().enumerate() {
        let (standby, lost) = (c.standby.contains(node), c.lost.contains(node));
        let running = c.resources.iter().filter(|r| r.on.contains(node)).count();
        let _ = writeln!(
            text,
            "    <node name=\"{}\" id=\"{}\" online=\"{}\" standby=\"{standby}\" standby_onfail=\"false\" maintenance=\"{}\" \
             pending=\"false\" unclean=\"false\" shutdown=\"false\" expected_up=\"true\" is_dc=\"{}\" resources_running=\"{running}\" type=\"member\"/>",
            fqdn(node),
            i + 1,
            !lost,
            c.maintenance,
            c.coordinator() == Some(node)
        );
    }
    text.push_str("  </nodes>\n  <resources>\n");
    for r in &c.resources {
        resource(&mut text, r, &fqdn);
    }
    text.push_str("  </resources>\n");
    if !c.failures.is_empty() {
        text.push_str("  <failures>\n");
        for (resource, node) in &c.failures {
            let _ = writeln!(
                text,
                "    <failure op_key=\"{resource}_start_0\" node=\"{}\" exitstatus=\"error\" status=\"complete\" task=\"start\"/>",
                fqdn(node)
            );
        }
        text.push_str("  </failures>\n");
    }
    let bans = c.constraints.iter().filter(|c| c.score < 0);
    text.push_str("  <bans>\n");
    for ban in bans {
        let _ = writeln!(
            text,
            "    <ban id=\"{}\" resource=\"{}\" node=\"{}\" weight=\"-1000000\"/>",
            ban.id,
            ban.resource,
            fqdn(&ban.node)
        );
    }
    text.push_str("  </bans>\n");
    if new {
        text.push_str("  <status code=\"0\" message=\"OK\"/>\n");
    }
    text.push_str(close);
    text.push('\n');
    text
}

fn resource(text: &mut String, r: &Resource, fqdn: &dyn Fn(&str) -> String) {
    let one = |text: &mut String, id: &str, node: Option<&str>, role: &str| {
        let (active, count) = (node.is_some(), usize::from(node.is_some()));
        let head = format!(
            "    <resource id=\"{id}\" resource_agent=\"{}\" role=\"{role}\" active=\"{active}\" orphaned=\"false\" \
             blocked=\"false\" managed=\"true\" failed=\"false\" failure_ignored=\"false\" nodes_running_on=\"{count}\"",
            r.agent
        );
        let _ = match node {
            Some(node) => writeln!(
                text,
                "{head}>\n      <node name=\"{}\" id=\"1\" cached=\"true\"/>\n    </resource>",
                fqdn(node)
            ),
            None => writeln!(text, "{head}/>"),
        };
    };
    if r.clone {
        let _ = writeln!(
            text,
            "    <clone id=\"{}\" multi_state=\"false\" unique=\"false\" managed=\"true\" failed=\"false\" failure_ignored=\"false\">",
            r.id
        );
        let id = r.id.trim_end_matches("-clone");
        for node in &r.on {
            one(text, id, Some(node), "Started");
        }
        for _ in r.on.len()..2 {
            one(text, id, None, "Stopped");
        }
        text.push_str("    </clone>\n");
        return;
    }
    match (r.on.first(), &r.starting) {
        (Some(node), _) => one(text, &r.id, Some(node), "Started"),
        (None, Some(node)) => one(text, &r.id, Some(node), "Starting"),
        (None, None) => one(text, &r.id, None, "Stopped"),
    }
}

//! The XML of `crm_mon`: root `<crm_mon>` up to pcs 0.10, `<pacemaker-result>` since 0.11.1.
//!
//! Attributes come and go with Pacemaker's versions; those that a gate depends on are demanded, all
//! others may be missing, and unknown ones are passed over.

use roxmltree::{Document, Node as Element};

use super::parts::split_operation;
use super::{Ban, Cluster, Counts, Failure, Node, Resource, Role};
use crate::reader::{ReadError, terminal};

const ROOTS: [&str; 2] = ["crm_mon", "pacemaker-result"];

/// `CRM_EX_DISCONNECT`: crm_mon answers with valid XML although nothing runs on the node.
const NOT_CONNECTED: &str = "102";

/// Reads the XML; lines before and after it (login banners, warnings) are passed over.
pub fn read(text: &str) -> Result<Cluster, ReadError> {
    let plain = terminal::plain(text);
    let (start, end) = find_document(&plain).ok_or(ReadError::Missing { what: "cluster-xml" })?;
    let before = plain[..start].matches('\n').count();
    read_document(&plain[start..end]).map_err(|error| match error {
        ReadError::Malformed { what, line, text } => {
            ReadError::Malformed { what, line: line + before, text }
        }
        other => other,
    })
}

fn read_document(xml: &str) -> Result<Cluster, ReadError> {
    let document = Document::parse(xml)?;
    let root = document.root_element();
    if child(root, "status").and_then(|status| status.attribute("code")) == Some(NOT_CONNECTED) {
        return Err(ReadError::ClusterNotRunning);
    }
    let listed = child(root, "nodes").ok_or(ReadError::Missing { what: "cluster-nodes" })?;
    let mut cluster = Cluster::default();
    for element in children(listed, "node") {
        cluster.nodes.push(read_node(element)?);
    }
    if let Some(summary) = child(root, "summary") {
        read_summary(summary, &mut cluster)?;
    }
    cluster.resources = read_resources(root)?;
    if let Some(failures) = child(root, "failures") {
        cluster.failures = children(failures, "failure").map(read_failure).collect();
    }
    if let Some(bans) = child(root, "bans") {
        cluster.bans = children(bans, "ban").map(read_ban).collect::<Result<_, _>>()?;
    }
    Ok(cluster)
}

/// Whether there is something to read as XML.
pub(super) fn holds_document(text: &str) -> bool {
    find_document(text).is_some()
}

/// Where the document begins and ends.
fn find_document(text: &str) -> Option<(usize, usize)> {
    ROOTS.iter().find_map(|root| {
        let start = text.find(&format!("<{root}"))?;
        let close = format!("</{root}>");
        // Without its end it is cut; the parser then says so.
        let end = text.rfind(&close).map_or(text.len(), |end| end + close.len());
        (start < end).then_some((start, end))
    })
}

fn read_summary(summary: Element<'_, '_>, cluster: &mut Cluster) -> Result<(), ReadError> {
    if let Some(dc) = child(summary, "current_dc")
        && optional(dc, "present")?.unwrap_or(true)
    {
        cluster.dc = dc.attribute("name").map(str::to_owned);
        cluster.quorum = optional(dc, "with_quorum")?;
    }
    if let Some(configured) = child(summary, "resources_configured") {
        let count = |name| configured.attribute(name).and_then(|count| count.parse().ok());
        let counts = count("disabled").zip(count("blocked"));
        cluster.counts = counts.map(|(disabled, blocked)| Counts { disabled, blocked });
    }
    if let Some(options) = child(summary, "cluster_options") {
        cluster.maintenance_mode = optional(options, "maintenance-mode")?;
        // Pacemaker 3 has both names for a while.
        let fencing = optional(options, "fencing-enabled")?;
        cluster.stonith = fencing.or(optional(options, "stonith-enabled")?);
    }
    Ok(())
}

fn read_node(element: Element<'_, '_>) -> Result<Node, ReadError> {
    Ok(Node {
        name: attribute(element, "name")?.to_owned(),
        is_remote: element.attribute("type").is_some_and(|kind| kind != "member"),
        online: flag(element, "online")?,
        standby: flag(element, "standby")?,
        standby_on_fail: optional(element, "standby_onfail")?.unwrap_or(false),
        maintenance: flag(element, "maintenance")?,
        pending: flag(element, "pending")?,
        unclean: flag(element, "unclean")?,
        shutdown: optional(element, "shutdown")?.unwrap_or(false),
    })
}

/// With `--group-by-node` instances stand inside their nodes, and those of clones that do not run
/// everywhere stand in the list of resources once more.
fn read_resources(root: Element<'_, '_>) -> Result<Vec<Resource>, ReadError> {
    let below = |tag| child(root, tag).into_iter().flat_map(|list| list.descendants());
    let is_resource = |element: &Element<'_, '_>| element.has_tag_name("resource");
    let mut resources = Vec::new();
    for element in below("resources").filter(is_resource) {
        resources.push(read_resource(element)?);
    }
    let listed = resources.len();
    for element in below("nodes").filter(is_resource) {
        let resource = read_resource(element)?;
        let twice = |other: &Resource| other.id == resource.id && other.nodes == resource.nodes;
        if !resources.iter().take(listed).any(twice) {
            resources.push(resource);
        }
    }
    Ok(resources)
}

fn read_resource(element: Element<'_, '_>) -> Result<Resource, ReadError> {
    let above = |tags: &[&str]| {
        let mut parents = element.ancestors().skip(1);
        let parent = parents.find(|parent| tags.contains(&parent.tag_name().name()))?;
        parent.attribute("id").map(str::to_owned)
    };
    let clone = above(&["clone", "bundle"]);
    // Instances of a clone may be numbered: `dlm:0`.
    let unnumbered = |name: &str| {
        let numbered =
            name.rsplit_once(':').filter(|(_, number)| number.bytes().all(|b| b.is_ascii_digit()));
        numbered.filter(|_| clone.is_some()).map_or(name, |(id, _)| id).to_owned()
    };
    let mut nodes: Vec<String> = Vec::new();
    for node in children(element, "node") {
        nodes.push(attribute(node, "name")?.to_owned());
    }
    if let Some(node) =
        element.parent().filter(|parent| parent.has_tag_name("node") && nodes.is_empty())
    {
        nodes.push(attribute(node, "name")?.to_owned());
    }
    let target = element.attribute("target_role").unwrap_or_default();
    Ok(Resource {
        id: unnumbered(attribute(element, "id")?),
        group: above(&["group"]).map(|group| unnumbered(&group)),
        agent: element.attribute("resource_agent").unwrap_or_default().to_owned(),
        role: Role::read(attribute(element, "role")?),
        active: flag(element, "active")?,
        managed: flag(element, "managed")?,
        failed: flag(element, "failed")?,
        blocked: optional(element, "blocked")?.unwrap_or(false),
        orphaned: optional(element, "orphaned")?.unwrap_or(false),
        disabled: target.eq_ignore_ascii_case("stopped"),
        nodes,
        clone,
    })
}

fn read_failure(element: Element<'_, '_>) -> Failure {
    let text = |name| element.attribute(name).unwrap_or_default();
    let key = element.attribute("op_key").or(element.attribute("id")).unwrap_or_default();
    let (resource, task) = split_operation(key).unwrap_or((key, text("task")));
    let detail = [text("status"), text("exitstatus"), text("exitreason")];
    let detail: Vec<&str> = detail.into_iter().filter(|part| !part.is_empty()).collect();
    Failure {
        resource: resource.to_owned(),
        task: task.to_owned(),
        node: text("node").to_owned(),
        detail: detail.join(", "),
    }
}

fn read_ban(element: Element<'_, '_>) -> Result<Ban, ReadError> {
    Ok(Ban {
        id: attribute(element, "id")?.to_owned(),
        resource: attribute(element, "resource")?.to_owned(),
        node: attribute(element, "node")?.to_owned(),
    })
}

fn children<'a, 'i>(of: Element<'a, 'i>, tag: &'a str) -> impl Iterator<Item = Element<'a, 'i>> {
    of.children().filter(move |element| element.has_tag_name(tag))
}

fn child<'a, 'i>(of: Element<'a, 'i>, tag: &'a str) -> Option<Element<'a, 'i>> {
    children(of, tag).next()
}

fn attribute<'a>(element: Element<'a, '_>, name: &str) -> Result<&'a str, ReadError> {
    let value = element.attribute(name);
    value
        .ok_or_else(|| malformed(element, &format!("{} without {name}", element.tag_name().name())))
}

/// A flag that has to be there: guessing "not unclean" could put a service on a dying node.
fn flag(element: Element<'_, '_>, name: &str) -> Result<bool, ReadError> {
    attribute(element, name)?;
    optional(element, name).map(|value| value == Some(true))
}

fn optional(element: Element<'_, '_>, name: &str) -> Result<Option<bool>, ReadError> {
    match element.attribute(name) {
        None => Ok(None),
        Some("true") => Ok(Some(true)),
        Some("false") => Ok(Some(false)),
        Some(other) => Err(malformed(element, &format!("{name}=\"{other}\""))),
    }
}

fn malformed(element: Element<'_, '_>, text: &str) -> ReadError {
    let at = element.document().text_pos_at(element.range().start);
    ReadError::Malformed {
        what: "cluster-xml",
        line: usize::try_from(at.row).unwrap_or(usize::MAX),
        text: text.to_owned(),
    }
}

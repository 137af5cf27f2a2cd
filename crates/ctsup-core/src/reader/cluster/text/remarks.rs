//! What `pcs status` remarks beside nodes and resources: failed actions, bans, warnings.

use crate::reader::cluster::parts::split_operation;
use crate::reader::cluster::{Ban, Cluster, Failure};

/// `vmfence_start_0 on back-01 'error' (1): …`, `vmfence_start_0 (node=back-01, …): …` of the oldest
/// and `vmfence start on back-01 returned 'error' …` of the newest generation.
pub(super) fn read_failure(item: &str, cluster: &mut Cluster) -> bool {
    if item.starts_with("last-rc-change=") {
        return true;
    }
    let words: Vec<&str> = item.split_whitespace().collect();
    let on = words.iter().position(|word| *word == "on");
    let node = on.and_then(|on| words.get(on + 1)).copied();
    let node = node.or_else(|| item.split_once("(node=")?.1.split([',', ')']).next());
    let operation = match words[..] {
        [key, ..] if split_operation(key).is_some() => split_operation(key),
        [resource, task, "on", ..] | [resource, _, task, "on", ..] => Some((resource, task)),
        _ => None,
    };
    let Some(((resource, task), node)) = operation.zip(node) else {
        return false;
    };
    cluster.failures.push(Failure {
        resource: resource.to_owned(),
        task: task.to_owned(),
        node: node.to_owned(),
        detail: item.to_owned(),
    });
    true
}

/// `cli-ban-dockerd-on-back-01    prevents dockerd from running on back-01`.
pub(super) fn read_ban(item: &str, cluster: &mut Cluster) -> bool {
    let words: Vec<&str> = item.split_whitespace().collect();
    let ([id, "prevents", resource, "from", "running", ..], Some(on)) =
        (&words[..], words.iter().rposition(|word| *word == "on"))
    else {
        return false;
    };
    let Some(node) = words.get(on + 1) else {
        return false;
    };
    let [id, resource, node] = [id, resource, node].map(|&word| word.to_owned());
    cluster.bans.push(Ban { id, resource, node });
    true
}

pub(super) fn read_warning(item: &str, cluster: &mut Cluster) -> bool {
    const MOVED: &str =
        "Following resources have been moved and their move constraints are still in place:";
    if let Some(names) = item.strip_prefix(MOVED) {
        cluster.moved.extend(names.split('\'').skip(1).step_by(2).map(str::to_owned));
    }
    true
}

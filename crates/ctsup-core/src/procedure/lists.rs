//! Saved image lists (`docker ps -a`) as facts: which image each service of a node had.

use std::collections::BTreeMap;

use crate::name::NodeName;
use crate::topology::Parsed;

/// Adds what the lists say to the facts.
pub(super) fn learn(_parsed: &mut Parsed, _lists: &BTreeMap<NodeName, String>) {}

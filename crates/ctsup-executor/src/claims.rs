//! What a plan rests on, looked at again on the live system before anything is changed; and facts
//! read from the hosts for planning.

use std::time::Duration;

use ctsup_core::plan::Servers;
use ctsup_core::{Claim, FactKey, FactValue, LookUp, NodeName, Plan};

use crate::transport::{Look, SHORT, Transport};

/// What a test of one claim came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tested {
    /// It holds.
    Holds,
    /// It does not; this is what was seen.
    Fell(String),
    /// It could not be told; this is in the way.
    Untold(String),
}

/// Tests the claims of a plan that its hosts can be asked about. Claims that nobody can look at, a
/// choice of the administrator's or a value that only a person reads, are not in the answer.
pub async fn test<'p, T: Transport>(way: &T, plan: &'p Plan) -> Vec<(&'p Claim, Tested)> {
    let mut all = Vec::new();
    for claim in &plan.claims {
        let Ok(key) = claim.fact.parse::<FactKey>() else { continue };
        let Some(look) = key.look_of(plan) else { continue };
        let tested = match value(way, &key, &look, &plan.topology).await {
            Err(why) => Tested::Untold(why),
            Ok(value) => match claim.met_by(&value) {
                Some(true) => Tested::Holds,
                Some(false) => Tested::Fell(value.to_string()),
                None => Tested::Untold(value.to_string()),
            },
        };
        all.push((claim, tested));
    }
    all
}

/// A fact's value as the hosts tell it now.
///
/// # Errors
/// What is in the way of it.
pub async fn value<T: Transport>(
    way: &T,
    key: &FactKey,
    look: &LookUp,
    servers: &Servers,
) -> Result<FactValue, String> {
    let Some(node) = &look.node else { return Err(String::new()) };
    // Counting a large directory takes its time; all else answers at once or not at all.
    let limit = match key {
        FactKey::Volumes(_) | FactKey::PostgresSize => Duration::from_secs(900),
        _ => SHORT,
    };
    let answer =
        way.look(node, &Look::new(&look.command, limit)).await.map_err(|f| f.to_string())?;
    let names = |fqdn: &str| -> Option<NodeName> {
        let mut nodes = servers.nodes.iter();
        nodes.find(|(_, server)| server.fqdn == fqdn).map(|(name, _)| name.clone())
    };
    key.read((answer.code, &answer.out_text(), &answer.err_text()), &look.command, names)
}

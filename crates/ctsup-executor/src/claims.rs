//! What a plan rests on, looked at again on the live system before anything is changed; and facts
//! read from the hosts for planning.

use std::collections::BTreeMap;
use std::time::Duration;

use ctsup_core::plan::Servers;
use ctsup_core::run::{NotLooked, Seen, code_of};
use ctsup_core::{Claim, FactKey, FactValue, LookUp, NodeName, Plan};

use crate::together::together;
use crate::transport::{Failure, Look, SHORT, Transport};

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

/// What is told of a fact that its node was asked and did not tell. A backup whose directory nobody
/// made or mounted would stop with the services down: better now.
fn untold(key: &FactKey, why: String) -> Tested {
    match (key, code_of(&why)) {
        (FactKey::FreeBackup(_), Some(("no-directory", _))) => Tested::Fell(why),
        _ => Tested::Untold(why),
    }
}

/// Tests the claims of a plan that its hosts can be asked about. Claims that nobody can look at, a
/// choice of the administrator's or a value that only a person reads, are not in the answer.
pub async fn test<'p, T: Transport>(way: &T, plan: &'p Plan) -> Vec<(&'p Claim, Tested)> {
    let asked = plan.claims.iter().filter_map(|claim| {
        let key = claim.fact.parse::<FactKey>().ok()?;
        let look = key.look_of(plan)?;
        look.node.is_some().then_some((claim, (key, look)))
    });
    let (claims, asked): (Vec<_>, Vec<_>) = asked.unzip();
    let values = values(way, &asked, &plan.topology).await;
    let keys = asked.into_iter().map(|(key, _)| key);
    let tested = claims.into_iter().zip(keys.zip(values)).map(|(claim, (key, value))| {
        let tested = match value {
            Err(why) => untold(&key, why),
            Ok(value) => match claim.met_by(&value) {
                Some(true) => Tested::Holds,
                Some(false) => Tested::Fell(value.to_string()),
                None => Tested::Untold(value.to_string()),
            },
        };
        (claim, tested)
    });
    tested.collect()
}

/// Values of facts as the hosts tell them now, or what is in the way; nodes beside each other, the
/// looks of one after the other. A node that can't be reached is asked once.
pub async fn values<T: Transport>(
    way: &T,
    asked: &[(FactKey, LookUp)],
    servers: &Servers,
) -> Vec<Result<FactValue, String>> {
    let mut nodes: BTreeMap<Option<&NodeName>, Vec<usize>> = BTreeMap::new();
    for (index, (_, look)) in asked.iter().enumerate() {
        nodes.entry(look.node.as_ref()).or_default().push(index);
    }
    let looks =
        nodes.into_iter().map(|(node, indices)| of_node(way, node, indices, asked, servers));
    let mut all: Vec<_> = together(looks).await.concat();
    all.sort_by_key(|(index, _)| *index);
    all.into_iter().map(|(_, value)| value).collect()
}

/// What one node tells, by the places of the questions.
async fn of_node<T: Transport>(
    way: &T,
    node: Option<&NodeName>,
    places: Vec<usize>,
    asked: &[(FactKey, LookUp)],
    servers: &Servers,
) -> Vec<(usize, Result<FactValue, String>)> {
    let mut all = Vec::with_capacity(places.len());
    let mut silent: Option<String> = None;
    for place in places {
        let (key, look) = &asked[place];
        let value = match (node, &silent) {
            (None, _) => Err(Seen::ByHand(NotLooked::Elsewhere).to_string()),
            (_, Some(why)) => Err(why.clone()),
            (Some(node), None) => match value(way, node, key, look, servers).await {
                Ok(value) => value,
                Err(failure) => {
                    let seen = failure.seen();
                    if matches!(failure, Failure::Unreachable { .. }) {
                        silent = Some(seen.clone());
                    }
                    Err(seen)
                }
            },
        };
        all.push((place, value));
    }
    all
}

async fn value<T: Transport>(
    way: &T,
    node: &NodeName,
    key: &FactKey,
    look: &LookUp,
    servers: &Servers,
) -> Result<Result<FactValue, String>, Failure> {
    // Counting a large directory takes its time; all else answers at once or not at all.
    let limit = match key {
        FactKey::Volumes(_) | FactKey::PostgresSize => Duration::from_secs(900),
        _ => SHORT,
    };
    let answer = way.look(node, &Look::new(&look.command, limit)).await?;
    let names = |fqdn: &str| -> Option<NodeName> {
        let mut nodes = servers.nodes.iter();
        nodes.find(|(_, server)| server.fqdn == fqdn).map(|(name, _)| name.clone())
    };
    let answer = (answer.code, &*answer.out_text(), &*answer.err_text());
    Ok(key.read(answer, &look.command, names).map_err(|why| why.to_string()))
}

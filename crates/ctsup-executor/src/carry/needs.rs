//! What a step needs, looked at on the live system right before its first command: what can have
//! changed since it was made so, and what would do harm if it had.
//!
//! Not asked again: what the step itself finds out (a container that does not run) or what a look
//! behind it compares anyway (a copy made while services ran).

use ctsup_core::action::{Look as Looks, MOVED_TOGETHER, Playbook, Volume, volume::BackUp};
use ctsup_core::run::Seen;
use ctsup_core::{Action, Atom, Condition, Event, FactKey, FactValue, NodeName, SettingsPlace};

use super::{Carried, Gone, Hand};
use crate::clock::Clock;
use crate::transport::{BOOT_ID, Look, SHORT, Transport, quoted};

impl<T: Transport, C: Clock> Hand<'_, T, C> {
    /// Ends the step where something that it needs is not so, or can't be told.
    pub(super) async fn needs_hold(&self) -> Carried<()> {
        if let Some(node) = self.only_where_active() {
            let need = Condition { atom: Atom::Active(node.clone()), holds: true };
            if !self.step().needs.contains(&need) {
                self.active_holds(&need, &node).await?;
            }
        }
        for need in &self.step().needs {
            match &need.atom {
                Atom::Active(node) => self.active_holds(need, node).await?,
                Atom::GatePassed(cluster) if need.holds => {
                    let cluster = self.plan.topology.clusters.get(cluster);
                    if let Some(cluster) = cluster {
                        self.gate_holds(need, &cluster.nodes).await?;
                    }
                }
                Atom::UpgradeKey(_) => self.key_holds(need).await?,
                Atom::BackedUp(_) if need.holds => self.copy_lies_there(need).await?,
                Atom::WebClientNamed if need.holds => self.image_is_named(need).await?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Invariant 5: in a cluster dpl runs where `dockerd` does, whatever else a step needs.
    fn only_where_active(&self) -> Option<NodeName> {
        let step = self.step();
        let node = step.node.as_ref()?;
        let by_dpl = match &step.action {
            Action::Dpl(dpl) => dpl.clustered,
            Action::Database(database) => {
                database.is_by_dpl()
                    && self.plan.topology.clusters.values().any(|c| c.nodes.contains(node))
            }
            _ => false,
        };
        by_dpl.then(|| node.clone())
    }

    async fn fell(&self, need: &Condition, seen: &str) -> Carried<()> {
        let (condition, seen) = (need.clone(), super::shortened(seen));
        self.tell(Event::Fell { condition, seen, step: self.id() }).await?;
        Err(Gone)
    }

    async fn active_holds(&self, need: &Condition, node: &NodeName) -> Carried<()> {
        let fqdn = self.fqdn(node);
        match self.active_at(node).await? {
            Ok(active) if (active == fqdn) == need.holds => Ok(()),
            Ok(other) | Err(other) => self.fell(need, &other).await,
        }
    }

    /// The gate was passed; since then no node of the cluster booted, and the cluster still says that
    /// it can be worked with. Resources that a deploy has just installed anew may still be starting.
    async fn gate_holds(&self, need: &Condition, nodes: &[NodeName]) -> Carried<()> {
        let own = self.node()?;
        for node in nodes.iter().filter(|node| *node != own) {
            let look = Look::new(BOOT_ID, SHORT);
            let boot = match self.asked_again(|| self.way.look(node, &look)).await {
                Ok(answer) if answer.code == 0 => answer.out_text().trim().to_owned(),
                Ok(answer) => return self.fell(need, &answer.err_text()).await,
                Err(failure) => return self.fell(need, &failure.seen()).await,
            };
            if !self.same_boot(node, boot).await? {
                return self.fell(need, &Seen::Booted(node.clone()).to_string()).await;
            }
        }
        // A playbook begins on a host that belongs to no cluster.
        let Some(at) = nodes.iter().find(|node| *node == own).or(nodes.first()) else {
            return Ok(());
        };
        let cluster = match self.cluster_at(at).await? {
            Ok(cluster) => cluster,
            Err(why) => return self.fell(need, &why).await,
        };
        let names: Vec<String> = nodes.iter().map(|node| self.fqdn(node)).collect();
        let service = MOVED_TOGETHER.map(str::to_owned);
        let bad = super::cluster::unfit(&cluster, &names, &service);
        if bad.is_empty() { Ok(()) } else { self.fell(need, &bad.join("\n")).await }
    }

    /// Invariant 12: a key that nobody of us wrote would make a deploy upgrade the database. dpl reads
    /// the file beside it; a playbook's deploys read those of their own hosts, of which the idle ones
    /// may have none.
    async fn key_holds(&self, need: &Condition) -> Carried<()> {
        let Atom::UpgradeKey(place) = &need.atom else { return Ok(()) };
        let mut stands = Err(String::new());
        let mut why = String::new();
        let own = self.node()?.clone();
        let places: Vec<(NodeName, String)> = match (&self.step().action, &self.step().cwd) {
            (Action::Dpl(_) | Action::Database(_), Some(dir)) => vec![(own, dir.clone())],
            _ => {
                let stacks = self.plan.topology.stacks.iter().filter(|s| s.settings == *place);
                stacks.map(|s| (s.stack.node.clone(), s.dir.clone())).collect()
            }
        };
        for (node, dir) in &places {
            match self.key_at(node, dir, place).await? {
                Ok(there) => stands = Ok(there || stands == Ok(true)),
                Err(said) => why = said,
            }
        }
        match stands {
            Ok(stands) if stands == need.holds => Ok(()),
            Ok(_) => self.fell(need, "postgres_upgrade").await,
            Err(_) => self.fell(need, &why).await,
        }
    }

    /// Whether the key stands in the settings that dpl reads there.
    async fn key_at(
        &self,
        node: &NodeName,
        dir: &str,
        place: &SettingsPlace,
    ) -> Carried<Result<bool, String>> {
        let list = format!("ls {dir}/settings*");
        let names = match self.fact(node, &FactKey::SettingsFiles(place.clone()), &list).await? {
            Ok(FactValue::List(names)) if !names.is_empty() => names,
            Ok(other) => return Ok(Err(other.to_string())),
            Err(why) => return Ok(Err(why)),
        };
        let mut stands = false;
        for name in names {
            let grep = format!("grep -n '^postgres_upgrade:' {dir}/{name}");
            match self.fact(node, &FactKey::UpgradeKey(place.clone()), &grep).await? {
                Ok(value) => stands |= value == FactValue::Bool(true),
                Err(why) => return Ok(Err(why)),
            }
        }
        Ok(Ok(stands))
    }

    /// The copy that this node made is still there; what lies elsewhere can't hold a step up here.
    async fn copy_lies_there(&self, need: &Condition) -> Carried<()> {
        let made =
            |step: &&ctsup_core::Step| step.leaves.contains(need) && step.node == self.step().node;
        let Some(step) = self.plan.steps.iter().find(made) else { return Ok(()) };
        let Action::Volume(Volume::BackUp { by: BackUp::Copy { to }, .. }) = &step.action else {
            return Ok(());
        };
        match self.look(&format!("ls -d {}", quoted(to)), SHORT).await? {
            Ok(answer) if answer.code == 0 => Ok(()),
            Ok(answer) => self.fell(need, &answer.err_text()).await,
            Err(failure) => self.fell(need, &failure.seen()).await,
        }
    }

    /// The variable that a person wrote names the image that the playbook is to bring: with another
    /// one in it, or none, it would fail, or bring what nobody wants.
    async fn image_is_named(&self, need: &Condition) -> Carried<()> {
        let wanted = self.plan.steps.iter().find_map(|step| match &step.action {
            Action::Playbook(Playbook::NameImage { image, .. })
            | Action::Look(Looks::WebImage { image, .. }) => Some(image),
            _ => None,
        });
        let (Some(wanted), Some(dir)) = (wanted, &self.step().cwd) else { return Ok(()) };
        let grep = format!("grep web_client_image {dir}/group_vars/all.yaml");
        let node = self.node()?.clone();
        let named = match self.fact(&node, &FactKey::WebClientImage, &grep).await? {
            Ok(value) => value.to_string(),
            Err(why) => return self.fell(need, &why).await,
        };
        // What a person wrote behind it is a comment.
        let image = named.split_whitespace().next().unwrap_or_default().trim_matches(['"', '\'']);
        if image == wanted { Ok(()) } else { self.fell(need, &named).await }
    }

    async fn fact(
        &self,
        node: &NodeName,
        key: &FactKey,
        command: &str,
    ) -> Carried<Result<FactValue, String>> {
        let look = Look::new(command, SHORT);
        Ok(match self.asked_again(|| self.way.look(node, &look)).await {
            Ok(answer) => {
                let (out, err) = (answer.out_text(), answer.err_text());
                let read = key.read((answer.code, &out, &err), command, |_| None);
                read.map_err(|why| why.to_string())
            }
            Err(failure) => Err(failure.seen()),
        })
    }
}

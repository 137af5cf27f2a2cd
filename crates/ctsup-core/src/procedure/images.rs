//! Where images come from: archives loaded into a local registry, a registry filled from elsewhere,
//! the vendor's registry; and the emergencies of a local registry (REG).

use super::server::Server;
use crate::action::{Action, Registry};
use crate::cite;
use crate::diagnostic::{Code, Diagnostic};
use crate::fact::{FactKey, FactValue, Held, Test};
use crate::guide::RowKey;
use crate::name::NodeName;
use crate::plan::builder::{Added, Draft};
use crate::plan::{Because, Cause, Phase, WarningCode};
use crate::planner::Planner;
use crate::state::{Atom, is};
use crate::topology::{Archives, ImageSource, Layout, LocalRegistry, Method};

/// New images into the local registry, where there is one; everything that fetches waits for it.
pub(super) fn prepare(p: &mut Planner<'_>) -> Vec<Added> {
    let mut steps = super::checks::take_pins_out(p);
    let Some(images) = p.site.images.clone() else {
        return steps;
    };
    match &images.source {
        ImageSource::Vendor => {
            not_loaded(p, "vendor");
        }
        ImageSource::Registry(registry, internet) => {
            not_loaded(p, "registry");
            if let Some(internet) = internet {
                steps.push(fill(p, registry, internet));
            } else {
                steps.push(see_tags(p, registry, &registry.node.clone()));
            }
        }
        ImageSource::Archives(registry, archives) => {
            let said = p.ask.choice("images.source", "archives");
            let load = load(p, registry, archives, load_rows(p), &said);
            let tags = see_tags(p, registry, &registry.node.clone());
            p.steps.after(tags, load, Because::Row(cite!("REG.1.3")));
            steps.push(load);
            steps.push(tags);
        }
    }
    steps
}

/// The chapters on clusters load archives; with another source they do not.
fn not_loaded(p: &mut Planner<'_>, source: &str) {
    if matches!(p.site.layout, Layout::Ha { .. }) {
        super::checks::not_for(p, "images.source", source, load_rows(p));
    }
}

/// What fetches, or stops in order to be deployed, waits for the images that it will need, and for
/// the pins in its own settings.
pub(super) fn before(p: &mut Planner<'_>, loaded: &[Added], later: &[Added]) {
    for step in later {
        for earlier in loaded {
            if !p.steps.is_edit_for_another(*earlier, *step) {
                p.steps.after(*step, *earlier, Because::Invariant(8));
            }
        }
    }
}

/// What stands before an image's name: the local registry's host with a slash, or nothing for the
/// vendor's.
pub(super) fn prefix(p: &Planner<'_>) -> String {
    match p.site.images.as_ref().map(|i| &i.source) {
        Some(ImageSource::Registry(r, _) | ImageSource::Archives(r, _)) => format!("{}/", r.host()),
        _ => String::new(),
    }
}

/// Which chapter's row loads the archives.
fn load_rows(p: &Planner<'_>) -> &'static [RowKey] {
    const BY_HAND: &[RowKey] = &[cite!("HA.1")];
    const BY_PLAYBOOK: &[RowKey] = &[cite!("AN-H.1")];
    match p.site.method {
        Method::Manual => BY_HAND,
        Method::Ansible { .. } => BY_PLAYBOOK,
    }
}

fn load(
    p: &mut Planner<'_>,
    registry: &LocalRegistry,
    archives: &Archives,
    rows: &[RowKey],
    said: &Held,
) -> Added {
    let script = archives.script.clone().unwrap_or_else(|| p.catalogue.paths.load_script.clone());
    let action = Action::Registry(Registry::Load {
        archives: archives.dir.clone(),
        node: registry.node.clone(),
        scratch: p.catalogue.paths.image_scratch.clone(),
        script,
    });
    let draft = Draft::on(&registry.node, Phase::Prepare, "images/load", action);
    p.steps.once(draft.cites(rows).because(said))
}

/// The registry's host has no Internet: a host that has gets the images and sends them (REG.1).
fn fill(p: &mut Planner<'_>, registry: &LocalRegistry, internet: &NodeName) -> Added {
    let said = p.ask.choice("images.internet", internet);
    if p.steps.has(&Atom::Loaded) {
        p.steps.leave_out(
            &[cite!("REG.1.1"), cite!("REG.1.2")],
            Cause::Already(vec![is(Atom::Loaded)]),
        );
        return see_tags(p, registry, internet);
    }
    let download = Action::Registry(Registry::Download { node: internet.clone() });
    let download = Draft::on(internet, Phase::Prepare, "images/download", download);
    let download = p.steps.add(download.cites(&[cite!("REG.1.1")]).because(&said));
    let upload =
        Action::Registry(Registry::Upload { node: internet.clone(), url: registry.url.clone() });
    let upload = Draft::on(internet, Phase::Prepare, "images/upload", upload);
    let upload = p.steps.once(upload.cites(&[cite!("REG.1.2")]).because(&said));
    let tags = see_tags(p, registry, internet);
    p.steps.after(upload, download, Because::Row(cite!("REG.1.2")));
    p.steps.after(tags, upload, Because::Row(cite!("REG.1.3")));
    tags
}

/// The wanted tags are there, for every service.
fn see_tags(p: &mut Planner<'_>, registry: &LocalRegistry, from: &NodeName) -> Added {
    let services = p.site.images.as_ref().and_then(|i| i.services.clone()).unwrap_or_else(|| {
        let services = &p.catalogue.services;
        services.back.iter().chain(&services.front).cloned().collect()
    });
    let action = Action::Registry(Registry::SeeTags {
        node: from.clone(),
        services,
        url: registry.url.clone(),
        user: registry.user.clone(),
    });
    let draft = Draft::on(from, Phase::Prepare, "images/tags", action);
    p.steps.add(draft.cites(&[cite!("REG.1.3")]))
}

/// `dpl -g` before the stop outside HA, where the file asks for it (invariant 8).
pub(super) fn fetch_first(p: &mut Planner<'_>, server: &Server, loaded: &[Added]) -> Added {
    let asked = p.site.images.as_ref().is_some_and(|i| i.fetch_first);
    // Only where the database runs (K6).
    let special =
        if server.database { super::postgres::fetch_images(p, &server.stack.node) } else { None };
    before(p, loaded, &[special]);
    if !asked || !server.needs_deploy(p) {
        return special;
    }
    let said = p.ask.choice("images.fetch_first", true);
    let mut held = vec![said];
    held.extend(room(p, &server.stack.node));
    let fetched = server.fetch(p, None, &held);
    before(p, loaded, &[fetched]);
    p.steps.after(fetched, special, Because::Invariant(34));
    fetched
}

/// Room for the images of one release on a node (K22).
pub(super) fn room(p: &mut Planner<'_>, node: &NodeName) -> Option<Held> {
    let key = FactKey::FreeImages(node.clone());
    let need = FactValue::Size(p.catalogue.space.images);
    let held = p.ask.holds(key.clone(), Test::AtLeast, need.clone())?;
    if !held.yes
        && let Some(free) = p.ask.measured(key.clone())
    {
        super::checks::no_space(p, &key, &free, &need);
    }
    Some(held)
}

/// The goal `registry`: images in, tags seen, and the login renewed where it is refused (REG).
pub(super) fn registry(p: &mut Planner<'_>) {
    let source = p.site.images.as_ref().map(|i| i.source.clone());
    let (registry, from) = match source {
        Some(ImageSource::Registry(registry, internet)) => {
            let from = internet.clone().unwrap_or_else(|| registry.node.clone());
            (registry, from)
        }
        Some(ImageSource::Archives(registry, _)) => {
            let from = registry.node.clone();
            (registry, from)
        }
        _ => {
            let found = Diagnostic::new(Code::GoalNotHere).arg("goal", p.goal);
            p.say("images.source", found);
            return;
        }
    };
    if p.steps.has(&Atom::Loaded) {
        p.nothing_to_do();
        return;
    }
    let rows = [cite!("REG.2.1"), cite!("REG.2.2")];
    let refused = p.ask.holds(FactKey::LoginRefused, Test::Is, FactValue::Bool(true));
    let refused = match refused {
        Some(refused) if refused.yes => refused,
        // A login that works is not thrown away; the look at the tags tells when it does not.
        refused => {
            if let Some(refused) = refused {
                p.steps.leave_out(&rows, Cause::Claim(refused.claim));
            }
            prepare(p);
            return;
        }
    };
    // "no basic credentials" (A34) comes from a stored login that the registry refuses.
    let out = Action::Registry(Registry::LogOut { node: from.clone() });
    let out = Draft::on(&from, Phase::Prepare, "registry/log-out", out);
    let out = p.steps.add(out.cites(&[cite!("REG.2.1")]).because(&refused));
    p.warn(WarningCode::AllRegistries, &[("node", from.to_string())], out, None);
    let log_in = Action::Registry(Registry::LogIn {
        node: from.clone(),
        registry: registry.host().to_owned(),
        user: registry.user.clone(),
    });
    let log_in = Draft::on(&from, Phase::Prepare, "registry/log-in", log_in);
    let log_in = p.steps.add(log_in.cites(&[cite!("REG.2.2")]).because(&refused));
    p.steps.after(log_in, out, Because::Row(cite!("REG.2.2")));
    let begin = p.steps.count();
    prepare(p);
    for step in begin..p.steps.count() {
        p.steps.after(Some(step), log_in, Because::Row(cite!("REG.2.2")));
    }
}

//! Services and images that a file names, against those that the catalogue knows: what is written
//! here is deployed one day, and a name with a slip exists nowhere.

use super::{Parsed, nearest};
use crate::catalogue::Catalogue;
use crate::diagnostic::{Code, Diagnostic};
use crate::fact::{FactKey, FactValue};
use crate::name::App;
use crate::plan::Goal;
use crate::version::ImageRef;

/// What is wrong with declared images and pins, and with the images that a way back would pin.
pub(crate) fn check(parsed: &Parsed, catalogue: &Catalogue, goal: Goal) -> Vec<Diagnostic> {
    let services = &catalogue.services;
    let pinned: Vec<&str> =
        services.back.iter().chain(&services.front).map(String::as_str).collect();
    let others = services.others.iter().map(String::as_str);
    let known: Vec<&str> = pinned.iter().copied().chain(others).collect();
    let mut found = Vec::new();
    for (key, value, _) in parsed.facts.iter() {
        let FactValue::Images(images) = value else { continue };
        // VoEx has services of its own.
        if matches!(key, FactKey::Pins(place) if place.app != App::Express) {
            continue;
        }
        let old = matches!(key, FactKey::Images(_)) && goal == Goal::Rollback;
        for (service, image) in images {
            let path = format!("{}.{service}", key.path());
            let declared = parsed.places.has(&path);
            if old && image.tag() == "latest" && pinned.contains(&service.as_str()) {
                let place = if declared { path.clone() } else { key.path() };
                let moving = Diagnostic::new(Code::MovingTag)
                    .arg("key", &place)
                    .arg("value", image)
                    .arg("service", service);
                found.push(moving.at(parsed.places.label(&place)));
            }
            // Of a saved list all containers are facts, ours or not.
            if declared {
                found.extend(one(parsed, &path, service, image, &known));
            }
        }
    }
    found
}

fn one(
    parsed: &Parsed,
    path: &str,
    service: &str,
    image: &ImageRef,
    known: &[&str],
) -> Option<Diagnostic> {
    let label = parsed.places.name_label(path);
    let named = image.as_str().rsplit_once(':').map_or("", |(name, _)| name);
    let named = named.rsplit('/').next().unwrap_or(named);
    if known.contains(&service) {
        let other = Diagnostic::new(Code::ImageNotOfService)
            .arg("key", path)
            .arg("service", service)
            .arg("value", image);
        return (named != service).then(|| other.at(parsed.places.label(path)));
    }
    let unknown = Diagnostic::new(Code::UnknownService)
        .arg("key", path)
        .arg("value", service)
        .arg("choices", known.join(", "));
    // The image says which service was meant; else a name with one slip does.
    let meant = known.iter().copied().find(|known| *known == named).or_else(|| {
        nearest(service, known.iter().copied())
            .filter(|near| strsim::osa_distance(&service.to_lowercase(), near) <= 1)
    });
    Some(match (meant, label.range.clone()) {
        (Some(meant), Some(range)) => unknown.arg("near", meant).fix(range, meant).at(label),
        // Releases bring services that this catalogue has never heard of.
        _ => unknown.as_warning().at(label),
    })
}

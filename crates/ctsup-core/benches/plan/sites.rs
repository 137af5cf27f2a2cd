//! Topology files to plan: one HA site of the examples under many names.

const HA: &str = include_str!("../../../../examples/ha.toml");

/// The files of so many sites; no two have a name of site, node or domain in common.
pub(crate) fn texts(sites: usize) -> Vec<String> {
    (0..sites).map(text).collect()
}

fn text(site: usize) -> String {
    // On every other site services run on the second node of a cluster: other steps, same number.
    let active = |cluster: &str| format!("active = \"{cluster}-01\"");
    let idle = |cluster: &str| format!("active = \"{cluster}-02\"");
    let mut text = HA.to_owned();
    if site % 2 == 1 {
        text = text.replace(&active("back"), &idle("back"));
    }
    if site % 4 > 1 {
        text = text.replace(&active("front"), &idle("front"));
    }
    text.replace("romashka", &format!("site-{site:05}"))
        .replace("back-0", &format!("back-{site:05}-"))
        .replace("front-0", &format!("front-{site:05}-"))
}

//! What was measured, as a table.

use std::fmt::Write as _;
use std::time::Duration;

use crate::alone::Measured;
use crate::turns::Spent;

/// One pass over so many sites.
pub(crate) fn turns(sites: usize, spent: &Spent) -> String {
    let all = spent.all();
    let plan = spent.plan.saturating_sub(spent.digest);
    let mut text = format!(
        "{sites} HA sites: {} steps, {:.1} MB of JSON\n  {:<28}{:>10}{:>12}{:>8}\n",
        spent.steps,
        spent.bytes as f64 / 1e6,
        "",
        "ms",
        "us a site",
        "share"
    );
    let mut line = |name: &str, took: Duration, of: Duration| {
        let (ms, us) = (took.as_secs_f64() * 1e3, took.as_secs_f64() * 1e6 / sites as f64);
        let share = 100.0 * took.as_secs_f64() / of.as_secs_f64();
        let _ = writeln!(text, "  {name:<28}{ms:>10.1}{us:>12.1}{share:>7.0}%");
    };
    line("ctsup", all, all);
    line("  read and check", spent.parse, all);
    line("  plan", plan, all);
    line("  digest", spent.digest, all);
    line("  write JSON", spent.write, all);
    let bare = spent.bare.all();
    line("bare", bare, bare);
    line("  toml::from_str", spent.bare.read, bare);
    line("  petgraph, toposort", spent.bare.graph, bare);
    line("  serde_json", spent.bare.write, bare);
    let _ = writeln!(text, "  ctsup / bare = {:.2}\n", spent.ratio());
    text
}

/// Whether ten times as many sites take ten times as long.
pub(crate) fn linear(few: usize, spent: &Spent, many: usize, more: &Spent) -> String {
    let ratio = more.all().as_secs_f64() / spent.all().as_secs_f64();
    format!("{many} / {few} sites: {ratio:.2} times as long\n\n")
}

/// Processes of their own.
pub(crate) fn alone(measured: &Measured) -> String {
    let ms = |took: Duration| took.as_secs_f64() * 1e3;
    let mut text = format!(
        "one site in a process of its own: {:.2} ms; a process that does nothing: {:.2} ms\n",
        ms(measured.once),
        ms(measured.nothing)
    );
    for (sites, plan, bare) in &measured.memory {
        let _ = writeln!(
            text,
            "peak memory, {sites} sites one after the other: {:.1} MiB, bare {:.1} MiB",
            *plan as f64 / 1024.0,
            *bare as f64 / 1024.0
        );
    }
    text
}

//! How long planning takes, beside a bare program that does the least with the same input.
//!
//! `cargo bench --profile dist --bench plan [-- --sites N]` prints a table of one run; what it says
//! and what it does not is in `docs/performance.md`.
#![expect(
    clippy::print_stdout,
    reason = "a program for developers: what it prints is all it makes"
)]

mod alone;
mod bare;
mod report;
mod sites;
mod turns;

use ctsup_core::Goal;

/// What one site's plan is made for.
const GOAL: Goal = Goal::Upgrade;

fn main() {
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [] => run(10_000),
        ["--sites", sites] => run(sites.parse().expect("a number of sites")),
        // Processes of their own, started by this program: only so is peak memory told apart.
        ["--alone", which, sites] => alone::child(which, sites.parse().expect("a number of sites")),
        _ => panic!("usage: plan [--sites N]"),
    }
}

fn run(many: usize) {
    let some = (many / 10).max(1);
    let texts = sites::texts(many);
    turns::take(&texts[..some.min(200)]);
    let few = turns::median(5, &texts[..some]);
    let all = turns::median(3, &texts);
    print!("{}", report::turns(some, &few));
    print!("{}", report::turns(many, &all));
    print!("{}", report::linear(some, &few, many, &all));
    print!("{}", report::alone(&alone::Measured::of(&[1, some, many])));
}

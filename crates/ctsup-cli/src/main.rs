//! The `ctsup` command.

fn main() {}

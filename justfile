# Lists the recipes.
default:
    @just --list

# Types only: the quickest answer.
check:
    cargo check --release --workspace --all-targets

# The README's test command.
test *arguments:
    cargo test --release --workspace {{arguments}}

# Runs the tests and writes changed snapshots, plans and pages: review them like code.
snap:
    INSTA_UPDATE=always UPDATE_PLANS=1 UPDATE_DOCS=1 cargo test --release --workspace

# Formats everything.
fmt:
    cargo fmt --all

# Lints, warnings denied.
lint:
    cargo clippy --release --workspace --all-targets -- -D warnings

# The documentation, warnings denied.
doc:
    RUSTDOCFLAGS='-D warnings' cargo doc --release --workspace --no-deps

# Licences, doubles and sources of dependencies (needs cargo-deny).
deny:
    cargo deny check licenses bans sources

# Planning beside a bare program; looks and change jobs beside ssh itself.
bench:
    cargo bench --package ctsup-core
    cargo bench --profile release --package ctsup-executor

# Compares a vendor's guide with the guide table: what does a new build touch?
guide *arguments:
    cargo run --release --quiet --package ctsup-core --example guide -- {{arguments}}

# What lands or rejects a change.
ci:
    bash .ci/run

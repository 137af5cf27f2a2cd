# Compares a vendor's guide with the guide table: what does a new build touch?
guide *arguments:
    cargo run --release --quiet --package ctsup-core --example guide -- {{arguments}}

//! Every ```` ```console ```` block in the README and in `docs/` is run, and must print what it shows.
//!
//! `TRYCMD=overwrite cargo test --release --workspace --test transcripts` writes what is printed.

use std::path::Path;

#[test]
fn documents_show_what_the_program_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("two levels up");
    std::env::set_current_dir(root).expect("the workspace is there");
    let cases = trycmd::TestCases::new();
    cases.register_bin("ctsup", Path::new(env!("CARGO_BIN_EXE_ctsup")));
    for (name, value) in [("LC_ALL", "C"), ("COLUMNS", "80"), ("NO_COLOR", "1")] {
        cases.env(name, value);
    }
    cases.case("README.md").case("README.ru.md").case("docs/*.md");
}

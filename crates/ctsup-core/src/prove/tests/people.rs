//! What users notice of a state.

use super::super::fault::set;
use super::super::model::Model;
use super::super::people::{Function, Service};
use super::plans;

/// Whether users have messages where these hold beside what holds at the start.
fn messages(name: &str, atoms: &[(&str, bool)]) -> bool {
    let plan = plans().remove(name).expect("an example");
    let model = Model::of(&plan).expect("small enough");
    let mut state = model.start;
    for (text, holds) in atoms {
        let atom: crate::state::Atom = text.parse().expect("a proposition");
        set(&model, &mut state, &atom, *holds);
    }
    !Service::of(&model).missing(&state).contains(&Function::Messages)
}

#[test]
fn a_database_starts_only_on_files_of_its_own_version() {
    let over =
        [("active(back-01)", false), ("active(back-02)", true), ("running(back-02/express)", true)];
    let with = |more: &[(&'static str, bool)]| messages("ha-postgres", &[&over[..], more].concat());
    assert!(with(&[]), "before the upgrade");
    assert!(!with(&[("database-new", true)]), "old containers on upgraded files");
    assert!(with(&[("database-new", true), ("new(back-02/express)", true)]), "behind it");
}

#[test]
fn between_data_set_aside_and_put_back_nobody_is_served() {
    let aside = ("set-aside(back/express)", true);
    assert!(messages("restore-ha", &[]));
    assert!(!messages("restore-ha", &[aside]));
}

//! Upgrades by the vendor's playbooks (AN-1, AN-H).
//!
//! The playbooks' chapters mention neither backup nor conditions; those of the manual chapters hold
//! all the same (A32), and stand before the first playbook.

use crate::name::NodeName;
use crate::planner::Planner;
use crate::topology::Layout;

mod halves;
mod play;
mod whole;

use self::halves::by_halves;
use self::play::loaded;
pub(super) use self::play::{Play, first_play, idle_backups, play, seen, still_there, warn_idle};
use self::whole::{BACK, FRONT, SINGLE, all_at_once, finish, ready};

/// Upgrades by the playbooks of the layout.
pub(super) fn upgrade(p: &mut Planner<'_>, control: &NodeName, dir: &str) {
    match p.site.layout.clone() {
        Layout::Single(host) => all_at_once(p, control, dir, &[(host, SINGLE)]),
        Layout::Split { back, front } => {
            all_at_once(p, control, dir, &[(back, BACK), (front, FRONT)]);
        }
        Layout::Ha { back, front } => by_halves(p, control, dir, &back, &front),
    }
}

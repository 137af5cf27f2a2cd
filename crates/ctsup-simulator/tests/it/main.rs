//! Plans carried out by hand on simulated hosts, and the hosts themselves.

mod by_hand;
mod example;
mod hosts;
mod plans;
mod proof;
mod rehearse;

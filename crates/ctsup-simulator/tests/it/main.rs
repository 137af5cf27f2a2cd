//! Plans carried out on simulated hosts, by hand and by the executor, undisturbed and disturbed.

mod by_hand;
mod damage;
mod example;
mod harness;
mod hosts;
mod operators;
mod plans;
mod rehearse;
mod secrets;

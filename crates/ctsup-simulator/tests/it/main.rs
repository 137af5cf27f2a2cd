//! Plans carried out on simulated hosts, by hand and by the executor, undisturbed and disturbed.

mod abort;
mod by_hand;
mod clocks;
mod damage;
mod example;
mod harness;
mod hosts;
mod judged;
mod launches;
mod needs;
mod nodes;
mod observed;
mod operators;
mod plans;
mod proof;
mod random;
mod rehearse;
mod secrets;

//! Antivirus units, backups, the database's version.

use ctsup_core::Action;
use ctsup_core::action::Unit;
use ctsup_core::action::volume::Copying;
use ctsup_core::reader::postgres;
use ctsup_core::reader::units::{self, UnitState};
use ctsup_core::run::{How, Seen};

use super::{Carried, Hand};
use crate::clock::Clock;
use crate::transport::Transport;

/// The name under which the units that were active are kept.
const UNITS: &str = "units";
/// What the line begins with in which a job says which units it stops.
const STOPS: &str = "stops:";

impl<T: Transport, C: Clock> Hand<'_, T, C> {
    /// Stops the units that are active, and keeps which they were.
    pub(super) async fn stop_units(&self, units: &[String]) -> Carried<()> {
        let active = match self.was.kept.get(UNITS) {
            // Looked at before the first was stopped; afterwards it would be too late.
            Some(kept) => kept.split_whitespace().map(str::to_owned).collect(),
            None => {
                let answer =
                    self.sure_look(&format!("systemctl is-active {}", units.join(" "))).await?;
                let states = match units::is_active(&answer.out_text(), units.len()) {
                    Ok(states) => states,
                    Err(error) => return self.fail("unreadable", None, &error.to_string()).await,
                };
                let on = |(unit, state): (&String, UnitState)| {
                    matches!(state, UnitState::Active).then(|| unit.clone())
                };
                let active: Vec<String> = units.iter().zip(states).filter_map(on).collect();
                self.keep(UNITS, &active.join(" ")).await?;
                active
            }
        };
        // The job says first what it stops: its folder on the node outlives a journal whose end was
        // lost, and whoever asks after it sees units that are stopped already.
        let said = active.join(" ");
        let mut commands = vec![format!("echo '{STOPS} {said}'")];
        commands.extend((!active.is_empty()).then(|| format!("systemctl stop {said}")));
        let ended = self.job(1, commands).await?;
        let stopped = ended.tail.lines().find_map(|line| line.strip_prefix(STOPS));
        let stopped = stopped.map_or(said.as_str(), str::trim);
        if stopped != said {
            self.keep(UNITS, stopped).await?;
        }
        match stopped {
            "" if ended.code == 0 => self.done(How::Found).await,
            _ => self.by_code(ended.code, &ended.tail).await,
        }
    }

    /// Starts exactly those that were stopped: here, and by whoever stopped what the plan names
    /// beside what it stops itself.
    pub(super) async fn start_units(&self, units: &[String]) -> Carried<()> {
        match self.kept.get(UNITS) {
            Some(kept) => {
                let mut stopped: Vec<String> = kept.split_whitespace().map(str::to_owned).collect();
                let own = self.plan.steps.iter().find_map(|step| match &step.action {
                    Action::Unit(Unit::StopAntivirus { node, units })
                        if Some(node) == self.step().node.as_ref() =>
                    {
                        Some(units)
                    }
                    _ => None,
                });
                let left_off =
                    units.iter().filter(|unit| own.is_some_and(|own| !own.contains(unit)));
                stopped.extend(left_off.cloned());
                self.start(&stopped).await
            }
            // Stopped by a run before this one: those that the plan names.
            None => self.start(units).await,
        }
    }

    async fn start(&self, units: &[String]) -> Carried<()> {
        if units.is_empty() {
            return self.done(How::Found).await;
        }
        let ended = self.job(1, vec![format!("systemctl start {}", units.join(" "))]).await?;
        self.by_code(ended.code, &ended.tail).await
    }

    /// Copies and compares; the room for it is seen first (invariant 33).
    pub(super) async fn back_up(&self, paths: &[String], to: &str) -> Carried<()> {
        let Copying { size, room, copy } = Copying::of(paths, to);
        if self.was.part == 0 {
            let answer = self.sure_look(&size).await?;
            let sizes = answer.out_text();
            let first = |line: &str| line.split_whitespace().next()?.parse::<u64>().ok();
            let needed: Option<u64> = sizes.lines().map(first).sum();
            // A part of the sizes would let a copy begin for which there is no room.
            let Some(needed) = needed.filter(|_| answer.code == 0 && !sizes.is_empty()) else {
                let seen = format!("{sizes}{}", answer.err_text());
                return self.fail("unreadable", Some(answer.code), &seen).await;
            };
            let answer = self.sure_look(&room).await?;
            if answer.code != 0 {
                return self.fail("exit", Some(answer.code), &answer.err_text()).await;
            }
            // One number below a header in any language.
            let rows = answer.out_text();
            let free: Vec<u64> = rows.lines().filter_map(|row| row.trim().parse().ok()).collect();
            match free[..] {
                [free] if free > needed => {}
                [free] => {
                    let seen = Seen::NoRoom(needed, free).to_string();
                    return self.fail("no-room", None, &seen).await;
                }
                _ => {
                    let seen = format!("{rows}{}", answer.err_text());
                    return self.fail("unreadable", Some(answer.code), &seen).await;
                }
            }
        }
        self.whole(copy, paths.len()).await
    }

    pub(super) async fn copied_whole(&self, count: usize) -> Carried<()> {
        self.whole(self.step().commands.clone(), count).await
    }

    /// Runs commands that say `whole` for every tree that was copied and compared.
    async fn whole(&self, commands: Vec<String>, count: usize) -> Carried<()> {
        let ended = self.job(1, commands).await?;
        let whole = ended.tail.lines().filter(|line| line.trim() == "whole").count();
        if ended.code == 0 && whole < count {
            return self.fail("copy-differs", Some(0), &ended.tail).await;
        }
        self.by_code(ended.code, &ended.tail).await
    }

    pub(super) async fn keep_version(&self) -> Carried<()> {
        let command = self.step().action.sent().join("\n");
        let answer = self.sure_look(&command).await?;
        match postgres::read_version(&answer.out_text()) {
            Ok(version) => {
                self.keep("pg-version", &version.to_string()).await?;
                self.done(How::Ran).await
            }
            Err(error) => {
                let seen = format!("{error}: {}{}", answer.out_text(), answer.err_text());
                self.fail("unreadable", Some(answer.code), &seen).await
            }
        }
    }
}

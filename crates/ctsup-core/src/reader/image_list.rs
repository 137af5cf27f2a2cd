//! `docker ps -a`, as a person saved it or as lines of `--format '{{json .}}'`.
//!
//! A rollback is planned from this table, so a wrong name or tag is worse than none. Columns are
//! not cut by the header's offsets, which shift as soon as a cell outgrows its title: a row is
//! known by its CREATED and STATUS words, which only docker writes. Lines that a terminal wrapped
//! are joined again, lines that it cut are read as far as they go, and both are noted.

mod image;
mod lines;
mod row;
mod service;
mod status;

pub use image::{ImageRef, Pin, Unpinnable};
pub use service::{Naming, Service, service_of};
pub use status::{Health, Status};

use super::{Note, ReadError, Reason, terminal};
use lines::Piece;

/// The containers of one host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageList {
    /// In the order of the text.
    pub containers: Vec<Container>,
    /// Lines that were not read, or not as they stand.
    pub notes: Vec<Note>,
}

/// One container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Container {
    /// Its name; none when the line was cut before it.
    pub name: Option<String>,
    /// What it was made from.
    pub image: ImageRef,
    /// What docker says of it.
    pub status: Status,
    /// Compose's own labels, which only the JSON form shows.
    pub compose: Option<ComposeLabels>,
    /// The (first) line that it stands on, from 1.
    pub line: usize,
}

/// Project and service as compose wrote them on the container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComposeLabels {
    /// `com.docker.compose.project`.
    pub project: String,
    /// `com.docker.compose.service`.
    pub service: String,
}

impl Container {
    /// The service it is in the compose project `project`: by its labels, else by its name.
    pub fn service(&self, project: &str) -> Option<Service> {
        let by_name = service_of(self.name.as_deref()?, project);
        match &self.compose {
            Some(labels) if labels.project != project => None,
            Some(labels) => Some(Service {
                name: labels.service.clone(),
                naming: by_name.map_or(Naming::Custom, |service| service.naming),
            }),
            None => by_name,
        }
    }
}

/// Reads the output of `docker ps -a`.
///
/// ```
/// use ctsup_core::reader::image_list;
///
/// let saved = "\
/// CONTAINER ID   IMAGE   COMMAND   CREATED      STATUS      PORTS     NAMES
/// d7f893067461   reg:5000/trusts:1.39.0   \"run\"   2 days ago   Up 2 days   cts_trusts_1\n";
/// let list = image_list::read(saved)?;
/// let trusts = &list.containers[0];
/// assert_eq!(trusts.service("cts").map(|s| s.name).as_deref(), Some("trusts"));
/// assert_eq!(trusts.image.pin().map(|pin| pin.to_string()).as_deref(), Ok("trusts:1.39.0"));
/// # Ok::<(), ctsup_core::reader::ReadError>(())
/// ```
pub fn read(text: &str) -> Result<ImageList, ReadError> {
    let mut containers = Vec::new();
    let mut notes = Vec::new();
    let mut names_end: Option<bool> = None;
    let mut in_doubt = Vec::new();
    for (line, piece) in lines::pieces(&terminal::plain(text)) {
        let mut note = |reason| notes.push(Note { line, reason });
        match piece {
            Piece::Header { names_cut } => names_end = Some(!names_cut),
            Piece::Row { read: Err(reason), .. } => note(reason),
            Piece::Row { read: Ok(row), joined, at_the_edge } => {
                let name = row.name.filter(|_| names_end != Some(false));
                if joined {
                    note(Reason::Joined);
                }
                match &name {
                    None => note(Reason::NameMissing),
                    Some(name) if at_the_edge && !joined && !row::is_numbered(name) => {
                        in_doubt.push(line)
                    }
                    Some(_) => {}
                }
                let (image, status, compose) = (row.image, row.status, row.compose);
                containers.push(Container { name, image, status, compose, line });
            }
        }
    }
    if names_end.is_none() && containers.is_empty() {
        return Err(ReadError::Missing { what: "ps-table" });
    }
    // The name is the last column and is not padded. Rows that end at one edge were cut there; so
    // was perhaps the widest one, when its name alone lacks the number that all others end with.
    let names = containers.iter().filter_map(|container| container.name.as_deref());
    let unlike_all =
        containers.len() > 1 && names.filter(|name| !row::is_numbered(name)).count() == 1;
    if in_doubt.len() > 1 || unlike_all {
        let doubts = in_doubt.into_iter().map(|line| Note { line, reason: Reason::NameInDoubt });
        notes.extend(doubts);
        notes.sort_by_key(|note| note.line);
    }
    Ok(ImageList { containers, notes })
}

#[cfg(test)]
mod tests;

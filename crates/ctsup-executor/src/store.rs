//! Where a journal lies: lines that are on disk before the command they announce is sent.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::{Arc, Mutex};

use ctsup_core::run::{Event, Header, JournalError, JournalText, Record, line_hash};

/// Keeps lines for good.
pub trait Store: Send {
    /// Adds a line, which survives the death of this process.
    ///
    /// # Errors
    /// When it can't be kept: nothing may be done that it announces.
    fn append(&mut self, line: &str) -> io::Result<()>;

    /// When this returns all lines survive the loss of power.
    ///
    /// # Errors
    /// The same.
    fn keep(&mut self) -> io::Result<()>;
}

/// A journal's file, held by one process at a time.
#[derive(Debug)]
pub struct FileStore {
    file: File,
}

/// Why a journal's file can't be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file can't be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// Another process on this machine has it open.
    #[error("another process is at work on this run")]
    Busy,
    /// The journal is damaged.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

impl FileStore {
    /// A new file; refused when there is one.
    ///
    /// # Errors
    /// When it can't be made.
    pub fn create(path: &Path) -> Result<Self, OpenError> {
        let file = OpenOptions::new().append(true).create_new(true).mode(0o600).open(path)?;
        hold(&file)?;
        // The name, too, has to survive.
        if let Some(dir) = path.parent().filter(|dir| !dir.as_os_str().is_empty()) {
            File::open(dir)?.sync_all()?;
        }
        Ok(Self { file })
    }

    /// A file that is there, and what it holds; a last line without its end is cut off.
    ///
    /// # Errors
    /// When it can't be read, is damaged, or another process has it.
    pub fn open(path: &Path) -> Result<(Self, JournalText), OpenError> {
        let mut file = OpenOptions::new().read(true).append(true).open(path)?;
        hold(&file)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let text = JournalText::read(&bytes)?;
        if text.whole < bytes.len() {
            file.set_len(text.whole as u64)?;
            file.sync_data()?;
        }
        file.seek(SeekFrom::End(0))?;
        Ok((Self { file }, text))
    }
}

const INSTANT: std::time::Duration = std::time::Duration::from_millis(10);

fn hold(file: &File) -> Result<(), OpenError> {
    // Who only looks whether somebody holds it holds it for an instant.
    for _ in 0..20 {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(std::fs::TryLockError::WouldBlock) => std::thread::sleep(INSTANT),
            Err(std::fs::TryLockError::Error(error)) => return Err(error.into()),
        }
    }
    Err(OpenError::Busy)
}

impl Store for FileStore {
    fn append(&mut self, line: &str) -> io::Result<()> {
        self.file.write_all(line.as_bytes())
    }

    fn keep(&mut self) -> io::Result<()> {
        self.file.sync_data()
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::time::Duration;

    use super::{FileStore, OpenError};

    /// `status` beside it must not make `resume` say that somebody is at work.
    #[test]
    fn who_only_looks_is_not_in_the_way() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("journal.jsonl");
        drop(FileStore::create(&path).expect("a file"));
        let looks = File::open(&path).expect("a file");
        looks.lock().expect("nobody holds it");
        let still = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(30));
            drop(looks);
        });
        // Empty, so that only the lock is in question.
        let opened = FileStore::open(&path);
        assert!(matches!(opened, Err(OpenError::Journal(_))), "{opened:?}");
        still.join().expect("no panic");
        let holds = File::open(&path).expect("a file");
        holds.lock().expect("nobody holds it");
        assert!(matches!(FileStore::open(&path), Err(OpenError::Busy)));
    }
}

/// A journal in memory, shared by its clones: for rehearsals and tests.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore(Arc<Mutex<String>>);

impl MemoryStore {
    /// What was written.
    #[must_use]
    pub fn text(&self) -> String {
        self.0.lock().map(|text| text.clone()).unwrap_or_default()
    }
}

impl Store for MemoryStore {
    fn append(&mut self, line: &str) -> io::Result<()> {
        let mut text = self.0.lock().map_err(|_| io::Error::other("poisoned"))?;
        text.push_str(line);
        Ok(())
    }

    fn keep(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A journal that is being written.
#[derive(Debug)]
pub struct Journal<S> {
    store: S,
    header: Header,
    text: String,
    seq: u64,
    last: String,
}

impl<S: Store> Journal<S> {
    /// A new one.
    ///
    /// # Errors
    /// When its first line can't be kept.
    pub fn begin(mut store: S, header: Header) -> io::Result<Self> {
        let line = header.line();
        store.append(&line)?;
        store.keep()?;
        let last = line_hash(&line);
        Ok(Self { store, header, text: line, seq: 0, last })
    }

    /// One that goes on after what was read.
    #[must_use]
    pub fn go_on(store: S, read: &JournalText) -> Self {
        let mut text = read.header.line();
        for record in &read.records {
            text.push_str(&record.line());
        }
        let (header, seq) = (read.header.clone(), read.records.len() as u64);
        Self { store, header, text, seq, last: read.last.clone() }
    }

    /// Adds an event, for good; one that [may follow](Event::may_follow) with the next.
    ///
    /// # Errors
    /// When it can't be kept.
    pub fn append(&mut self, at: u64, event: Event) -> io::Result<Record> {
        let record = Record::new(self.seq + 1, self.last.clone(), at, event);
        let line = record.line();
        self.store.append(&line)?;
        if !record.event.may_follow() {
            self.store.keep()?;
        }
        self.seq += 1;
        self.last = line_hash(&line);
        self.text.push_str(&line);
        Ok(record)
    }

    /// The first line.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// All lines: what copies on the nodes hold.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

//! Where a run is kept on the operator's machine: its plan, its journal, orders to its process.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use ctsup_core::Plan;
use ctsup_core::plan::ReadPlanError;
use ctsup_core::run::{Header, JournalText};

use crate::driver::Order;
use crate::store::{FileStore, OpenError, Store};

/// The folder of one run, mode 0700.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    dir: PathBuf,
    name: String,
}

/// Why a folder can't be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// There is no such run.
    #[error("there is no run {0}")]
    NoSuchRun(String),
    /// A file can't be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The plan is none any more.
    #[error(transparent)]
    Plan(#[from] ReadPlanError),
    /// The journal can't be used.
    #[error(transparent)]
    Journal(#[from] OpenError),
}

/// The plan's file, here and on the nodes.
pub(crate) const PLAN: &str = "plan.json";
/// The journal's.
pub(crate) const JOURNAL: &str = "journal.jsonl";
const ORDERS: &str = "orders";
/// The report that a program reads.
pub const REPORT: &str = "report.json";

impl Folder {
    /// A new folder that holds the plan; a number is added to a name that is taken.
    ///
    /// # Errors
    /// When it can't be made.
    pub fn create(root: &Path, name: &str, plan: &Plan) -> Result<Self, FolderError> {
        let make = |path: &Path, deep: bool| {
            DirBuilder::new()
                .mode(0o700)
                .recursive(deep)
                .create(path)
                .map_err(|source| FolderError::Io { path: path.to_path_buf(), source })
        };
        make(root, true)?;
        let mut tried = 1;
        let folder = loop {
            let name = if tried == 1 { name.to_owned() } else { format!("{name}-{tried}") };
            let dir = root.join(&name);
            match make(&dir, false) {
                Ok(()) => break Self { dir, name },
                Err(FolderError::Io { source, .. })
                    if source.kind() == io::ErrorKind::AlreadyExists && tried < 100 =>
                {
                    tried += 1;
                }
                Err(error) => return Err(error),
            }
        };
        make(&folder.dir.join(ORDERS), false)?;
        folder.put_plan(plan)?;
        Ok(folder)
    }

    /// A folder that is there. One whose plan or journal is lost is a run all the same: what it left
    /// on the nodes is there.
    ///
    /// # Errors
    /// When there is none.
    pub fn open(root: &Path, name: &str) -> Result<Self, FolderError> {
        let plain = !name.is_empty() && !name.contains('/') && !name.starts_with('.');
        let dir = root.join(name);
        let left = [PLAN, JOURNAL, "journal.jsonl.damaged", REPORT];
        if !plain || !left.iter().any(|file| dir.join(file).is_file()) {
            return Err(FolderError::NoSuchRun(name.to_owned()));
        }
        Ok(Self { dir, name: name.to_owned() })
    }

    /// All runs below a directory, by name; none where there is no such directory.
    #[must_use]
    pub fn all(root: &Path) -> Vec<Self> {
        let entries = fs::read_dir(root).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let mut all: Vec<_> = names.filter_map(|name| Self::open(root, &name).ok()).collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        all
    }

    /// The run's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it is.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The run's plan.
    ///
    /// # Errors
    /// When it can't be read, or was changed.
    pub fn plan(&self) -> Result<Plan, FolderError> {
        Ok(Plan::read(&self.read(PLAN)?)?)
    }

    /// Writes the plan, or puts it back where it was lost.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn put_plan(&self, plan: &Plan) -> Result<(), FolderError> {
        self.write(PLAN, &plan.to_json())
    }

    /// A new journal for the run, of its first line alone.
    ///
    /// # Errors
    /// When there is one, or it can't be made.
    pub fn begin(&self, plan: &Plan) -> Result<(FileStore, JournalText), FolderError> {
        let io = |source| self.io(&self.journal(), source);
        let mut store = FileStore::create(&self.journal()).map_err(|error| match error {
            OpenError::Io(source) => io(source),
            other => other.into(),
        })?;
        let line = Header::of(plan, &self.name).line();
        store.append(&line).and_then(|()| store.keep()).map_err(io)?;
        let read = JournalText::read(line.as_bytes()).map_err(OpenError::from)?;
        Ok((store, read))
    }

    /// The journal's text, whatever it is.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn journal_text(&self) -> Result<String, FolderError> {
        self.read(JOURNAL)
    }

    /// Writes the whole journal of a rehearsal, which happened in memory.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn put_journal(&self, text: &str) -> Result<(), FolderError> {
        self.write(JOURNAL, text)
    }

    /// When it was made, as far as the system knows.
    #[must_use]
    pub fn made_at(&self) -> Option<std::time::SystemTime> {
        let meta = fs::metadata(self.dir.join(PLAN)).or_else(|_| fs::metadata(&self.dir));
        meta.and_then(|meta| meta.modified()).ok()
    }

    /// The journal, to go on writing.
    ///
    /// # Errors
    /// When it is damaged, or another process has it.
    pub fn go_on(&self) -> Result<(FileStore, JournalText), FolderError> {
        FileStore::open(&self.journal()).map_err(|error| match error {
            OpenError::Io(source) => self.io(&self.journal(), source),
            other => other.into(),
        })
    }

    /// The journal, to be looked at; whoever writes it goes on.
    ///
    /// # Errors
    /// When it can't be read or is damaged.
    pub fn look(&self) -> Result<JournalText, FolderError> {
        let path = self.journal();
        let bytes = fs::read(&path).map_err(|source| self.io(&path, source))?;
        Ok(JournalText::read(&bytes).map_err(OpenError::from)?)
    }

    /// Whether nothing was ever written down: the run did not begin. One with a report had a journal,
    /// which is lost.
    #[must_use]
    pub fn has_no_journal(&self) -> bool {
        let is_there = |path: PathBuf| !matches!(path.try_exists(), Ok(false));
        !is_there(self.journal()) && !is_there(self.dir.join(REPORT))
    }

    /// Takes a run away that nobody has ever taken up.
    ///
    /// # Errors
    /// When it can't be deleted.
    pub fn remove(self) -> Result<(), FolderError> {
        fs::remove_dir_all(&self.dir).map_err(|source| self.io(&self.dir, source))
    }

    /// Where the journal is.
    #[must_use]
    pub fn journal(&self) -> PathBuf {
        self.dir.join(JOURNAL)
    }

    /// Puts a whole journal in place of one that is damaged, which stays beside it.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn replace_journal(&self, text: &str) -> Result<(), FolderError> {
        let damaged = self.dir.join(format!("{JOURNAL}.damaged"));
        match fs::rename(self.journal(), &damaged) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                return Err(self.io(&damaged, source));
            }
            _ => {}
        }
        self.write(JOURNAL, text)
    }

    /// Whether a process is at work on the run.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        let file = OpenOptions::new().read(true).open(self.journal());
        file.is_ok_and(|file| matches!(file.try_lock(), Err(fs::TryLockError::WouldBlock)))
    }

    /// A file beside the journal, written whole or not at all.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn write(&self, name: &str, text: &str) -> Result<(), FolderError> {
        let path = self.dir.join(name);
        let new = self.dir.join(format!("{name}.new"));
        let written = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&new)
            .and_then(|mut file| {
                file.write_all(text.as_bytes())?;
                file.sync_all()
            })
            .and_then(|()| fs::rename(&new, &path));
        written.map_err(|source| self.io(&path, source))
    }

    /// The text of a file beside the journal.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn read(&self, name: &str) -> Result<String, FolderError> {
        let path = self.dir.join(name);
        fs::read_to_string(&path).map_err(|source| self.io(&path, source))
    }

    /// Leaves an order for the process that is at work on the run.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn order(&self, order: &Order) -> Result<(), FolderError> {
        let text = serde_json::to_string(order).expect("an order is always JSON");
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let at = since.unwrap_or_default().as_nanos();
        self.write(&format!("{ORDERS}/{at:020}-{}.json", std::process::id()), &text)
    }

    /// Takes the orders that were left, in their order. What is no order is thrown away.
    #[must_use]
    pub fn orders(&self) -> Vec<Order> {
        let entries = fs::read_dir(self.dir.join(ORDERS)).into_iter().flatten().flatten();
        let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
        paths.retain(|path| path.extension().is_some_and(|end| end == "json"));
        paths.sort();
        let mut all = Vec::new();
        for path in paths {
            let order = fs::read_to_string(&path).ok();
            all.extend(order.and_then(|text| serde_json::from_str(&text).ok()));
            // One that stays would be given again and again.
            let _ = fs::remove_file(&path);
        }
        all
    }

    fn io(&self, path: &Path, source: io::Error) -> FolderError {
        FolderError::Io { path: path.to_path_buf(), source }
    }
}

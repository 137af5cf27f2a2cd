//! An installation on this machine: a real plan, real files and jobs, stand-ins for the vendor's
//! tools that write down each call.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ctsup_core::run::{Header, JOURNAL_FORMAT, JournalText};
use ctsup_core::{Catalogue, Goal, NodeName, Outcome, Plan, Request};
use ctsup_executor::store::OpenError;
use ctsup_executor::transport::{Base, Reach, Real};
use ctsup_executor::{Driver, FileStore, Journal, Manner, WallClock, driver, lock};
use tempfile::TempDir;

use crate::stand_in::STAND_INS;

/// An installation below one directory.
pub(crate) struct Site {
    pub(crate) dir: TempDir,
    pub(crate) plan: Arc<Plan>,
    pub(crate) nodes: Vec<NodeName>,
}

impl Site {
    pub(crate) fn new() -> Self {
        Self::of(include_str!("../../../../examples/single.toml"))
    }

    pub(crate) fn of(example: &str) -> Self {
        let dir = TempDir::new().expect("a directory");
        let root = dir.path().to_str().expect("UTF-8").to_owned();
        for name in [
            "bin",
            "play",
            "express/cts",
            "docker/volumes/cts_redis_data/_data",
            "backup",
            "journal",
        ] {
            fs::create_dir_all(dir.path().join(name)).expect("a directory");
        }
        fs::write(dir.path().join("express/settings"), "ccs_host: cts\npassword: hunter2\n")
            .expect("a file");
        fs::write(dir.path().join("docker/volumes/cts_redis_data/_data/dump"), "data")
            .expect("a file");
        // Jobs run in a login shell, which sets its own path; looks have that of this shell.
        let path = format!("PATH={root}/bin:$PATH\nexport PATH SITE={root}\n");
        fs::write(dir.path().join(".bash_profile"), &path).expect("a file");
        fs::write(dir.path().join(".profile"), &path).expect("a file");
        for (name, body) in STAND_INS {
            let file = dir.path().join("bin").join(name);
            let text =
                format!("#!/bin/sh\nSITE={root}\necho \"{name} $*\" >>{root}/calls\n{body}\n");
            fs::write(&file, text).expect("a file");
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("a mode");
        }
        let topology = example
            .replace("/opt/deploy/playbook-cts", &format!("{root}/play"))
            .replace("to = \"/backup\"", &format!("to = \"{root}/backup\""))
            .replace("[voex]", &format!("[docker]\nroot = \"{root}/docker\"\n\n[voex]"));
        let catalogue = Catalogue::built_in_text()
            .replace("\"/opt/express\"", &format!("\"{root}/express\""))
            .replace("\"/var/lib/ctsup\"", &format!("\"{root}/kept\""));
        let catalogue = Catalogue::parse(&catalogue).expect("a catalogue");
        let lists = BTreeMap::new();
        let request = Request {
            topology: &topology,
            facts: None,
            image_lists: &lists,
            catalogue: &catalogue,
            goal: Goal::Upgrade,
        };
        let plan = match ctsup_core::plan(&request) {
            Outcome::Ready(planned) => Arc::new(planned.plan),
            other => panic!("no plan: {:?}", other.diagnostics()),
        };
        let nodes = plan.topology.nodes.keys().cloned().collect();
        Self { dir, plan, nodes }
    }

    pub(crate) fn path(&self, name: &str) -> std::path::PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn way(&self) -> Real {
        let root = self.dir.path().to_str().expect("UTF-8");
        let mut reach = Reach::new(Base::at(format!("{root}/ctsup")));
        let path = std::env::var("PATH").unwrap_or_default();
        reach.env = vec![
            ("HOME".to_owned(), root.to_owned()),
            ("PATH".to_owned(), format!("{root}/bin:{path}")),
        ];
        Real::here(self.nodes.clone(), reach)
    }

    pub(crate) fn manner() -> Manner {
        Manner { every: Duration::from_millis(100), attended: true, ..Manner::default() }
    }

    fn journal(&self) -> std::path::PathBuf {
        self.path("journal/run.jsonl")
    }

    pub(crate) async fn begin(&self) -> Driver<Real, WallClock, FileStore> {
        let way = self.way();
        let held =
            lock::take(&way, &self.nodes, "r1", "anna@laptop", false, 0).await.expect("a lock");
        let header = Header {
            digest: self.plan.digest.clone(),
            format: JOURNAL_FORMAT,
            run: "r1".to_owned(),
            site: self.plan.site.clone(),
        };
        let store = FileStore::create(&self.journal()).expect("a file");
        let journal = Journal::begin(store, header).expect("a journal");
        let parts = (way, WallClock, journal, Self::manner());
        driver::begin(parts, self.plan.clone(), "anna@laptop", held.generation).expect("a run")
    }

    pub(crate) async fn resume(&self) -> Driver<Real, WallClock, FileStore> {
        let way = self.way();
        let (store, text) = self.reopened().await;
        let held =
            lock::take(&way, &self.nodes, "r1", "anna@laptop", false, 0).await.expect("a lock");
        let journal = Journal::go_on(store, &text);
        let parts = (way, WallClock, journal, Self::manner());
        driver::resume(parts, self.plan.clone(), &text, "anna@laptop", held.generation)
            .expect("a run")
    }

    /// The journal, once nobody holds it: a shell that the dead executor was just starting shares its
    /// lock until it is one.
    async fn reopened(&self) -> (FileStore, JournalText) {
        for _ in 0..100 {
            match FileStore::open(&self.journal()) {
                Err(OpenError::Busy) => tokio::time::sleep(Duration::from_millis(50)).await,
                opened => return opened.expect("a journal"),
            }
        }
        panic!("somebody holds the journal for good");
    }

    /// The calls of a tool that change something, in their order.
    pub(crate) fn changes(&self) -> Vec<String> {
        let calls = fs::read_to_string(self.path("calls")).unwrap_or_default();
        let looks = ["logs", "exec", "ps ", "is-active", "volume inspect"];
        let changes = calls.lines().filter(|call| !looks.iter().any(|look| call.contains(look)));
        changes.map(str::to_owned).collect()
    }
}

/// All files below a directory that hold a text.
pub(crate) fn files_with(dir: &Path, text: &str) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_with(&path, text));
        } else if path.is_file()
            && fs::read(&path).is_ok_and(|b| String::from_utf8_lossy(&b).contains(text))
        {
            found.push(path);
        }
    }
    found
}

//! The commands of a restore in a real shell: a plain directory, a link to one, a mount point, and a
//! mount point right below. Data goes aside, the copy comes back, nothing is lost, and neither a
//! mount point nor a link is renamed.

use std::fs;
use std::path::Path;
use std::process::Command;

use ctsup_core::Action;
use ctsup_core::action::Undo;
use ctsup_core::action::volume::Volume;

fn aside(path: &Path) -> Action {
    Action::Volume(Volume::SetAside {
        data: "back/express".parse().expect("a data set"),
        paths: vec![path.display().to_string()],
        serving: None,
        suffix: "before-rollback-2.1.9".to_owned(),
        writers: Vec::new(),
    })
}

fn put_back(path: &Path, from: &Path) -> Action {
    Action::Volume(Volume::PutBack {
        data: "back/express".parse().expect("a data set"),
        from: from.display().to_string(),
        paths: vec![path.display().to_string()],
        serving: None,
        settings: "back/express".parse().expect("settings"),
    })
}

/// As a job runs them: one script that ends where a command fails. Whether it ended well, and what
/// it printed.
fn run(action: &Action) -> (bool, String) {
    let script = format!("set -e\n{}\n", action.commands().join("\n"));
    let ended = Command::new("bash").arg("-c").arg(script).output().expect("bash runs");
    let said = [ended.stdout, ended.stderr].concat();
    (ended.status.success(), String::from_utf8_lossy(&said).into_owned())
}

/// Volumes of a release: what the daemon keeps open among them, a hidden file, a link, another owner.
fn fill(path: &Path, release: &str) {
    let data = path.join("cts_postgres_data/_data");
    fs::create_dir_all(&data).expect("made");
    fs::write(data.join("PG_VERSION"), release).expect("written");
    fs::write(path.join(".hidden"), release).expect("written");
    fs::write(path.join("metadata.db"), format!("daemon of {release}")).expect("written");
    let _ = std::os::unix::fs::symlink("cts_postgres_data", path.join("link"));
}

fn version(path: &Path) -> String {
    fs::read_to_string(path.join("cts_postgres_data/_data/PG_VERSION")).expect("there")
}

/// Data aside and the copy back, twice over refused.
fn there_and_back(volumes: &Path, kept: &Path, copy: &Path) {
    let (good, said) = run(&aside(volumes));
    assert!(good, "{said}");
    assert!(!volumes.join("cts_postgres_data").exists(), "still in place");
    assert_eq!(version(kept), "new");
    // The daemon's own files stay.
    let daemon = || fs::read_to_string(volumes.join("metadata.db")).expect("stays");
    assert_eq!(daemon(), "daemon of new");
    let (good, said) = run(&aside(volumes));
    assert!(!good && said.contains("File exists"), "{said}");
    let (good, said) = run(&put_back(volumes, copy));
    assert!(good && said.trim() == "whole", "{said}");
    assert_eq!((version(volumes).as_str(), version(kept).as_str()), ("old", "new"));
    assert_eq!(daemon(), "daemon of new");
    // Never over what is there.
    let (good, said) = run(&put_back(volumes, copy));
    assert!(!good, "{said}");
}

struct Place(std::path::PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("ctsup-aside-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fill(&path.join("backup/volumes"), "old");
        Self(path)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mounted = self.0.join("volumes");
        let _ = Command::new("umount").arg(mounted.join("files")).output();
        let _ = Command::new("umount").arg(mounted).output();
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_plain_directory_goes_aside_and_comes_back() {
    let place = Place::new("plain");
    let volumes = place.0.join("volumes");
    fill(&volumes, "new");
    let kept = place.0.join("volumes.before-rollback-2.1.9");
    there_and_back(&volumes, &kept, &place.0.join("backup"));
}

#[test]
fn a_link_stays_a_link() {
    let place = Place::new("link");
    let (real, volumes) = (place.0.join("real"), place.0.join("volumes"));
    fill(&real, "new");
    std::os::unix::fs::symlink(&real, &volumes).expect("linked");
    let kept = place.0.join("real.before-rollback-2.1.9");
    there_and_back(&volumes, &kept, &place.0.join("backup"));
    assert!(fs::symlink_metadata(&volumes).expect("there").is_symlink());
}

/// Where file systems may be mounted: root's own machine, as the servers are.
fn mounted(path: &Path) -> bool {
    fs::create_dir_all(path).expect("made");
    let done = Command::new("mount").args(["-t", "tmpfs", "ctsup"]).arg(path).output();
    done.is_ok_and(|done| done.status.success())
}

#[test]
fn a_mount_point_is_emptied_within_itself() {
    let place = Place::new("mount");
    let volumes = place.0.join("volumes");
    if !mounted(&volumes) {
        println!("nothing can be mounted here: not tried");
        return;
    }
    fill(&volumes, "new");
    there_and_back(&volumes, &volumes.join(".before-rollback-2.1.9"), &place.0.join("backup"));
}

#[test]
fn a_mount_point_below_is_emptied_within_itself() {
    let place = Place::new("below");
    let volumes = place.0.join("volumes");
    let files = volumes.join("files");
    if !mounted(&files) {
        println!("nothing can be mounted here: not tried");
        return;
    }
    fill(&volumes, "new");
    fs::write(files.join("upload"), "new").expect("written");
    fs::create_dir_all(place.0.join("backup/volumes/files")).expect("made");
    fs::write(place.0.join("backup/volumes/files/upload"), "old").expect("written");
    let kept = place.0.join("volumes.before-rollback-2.1.9");
    there_and_back(&volumes, &kept, &place.0.join("backup"));
    let text = |path: &str| fs::read_to_string(files.join(path)).expect("there");
    assert_eq!(text("upload"), "old");
    assert_eq!(text(".before-rollback-2.1.9/upload"), "new");
}

#[test]
fn a_mount_point_deeper_inside_refuses() {
    let place = Place::new("deep");
    let volumes = place.0.join("volumes");
    let deep = volumes.join("one/two");
    if !mounted(&deep) {
        println!("nothing can be mounted here: not tried");
        return;
    }
    fill(&volumes, "new");
    // Nor behind a link.
    let link = place.0.join("link");
    std::os::unix::fs::symlink(&volumes, &link).expect("linked");
    let refused = [&volumes, &link].map(|path| run(&aside(path)));
    // What was refused does not count as put back, whatever lies there.
    let (put, seen) = run(&put_back(&volumes, &place.0.join("backup")));
    let _ = Command::new("umount").arg(&deep).output();
    for (good, said) in refused {
        assert!(!good && said.contains("refused"), "{said}");
    }
    assert!(!put && seen.contains("refused") && !seen.contains("whole"), "{seen}");
    assert_eq!(version(&volumes), "new");
}

/// What lies there in the size and under the name of the copy is not the copy.
#[test]
fn of_the_same_size_is_not_the_same() {
    let place = Place::new("size");
    let volumes = place.0.join("volumes");
    fill(&volumes, "old");
    let data = volumes.join("cts_postgres_data/_data/PG_VERSION");
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(100);
    fs::File::options().write(true).open(data).and_then(|f| f.set_modified(old)).expect("set");
    let copied = run(&Action::Volume(Volume::BackUp {
        beside: Vec::new(),
        by: ctsup_core::action::volume::BackUp::Copy {
            to: place.0.join("new").display().to_string(),
        },
        data: "back/express".parse().expect("a data set"),
        paths: vec![volumes.display().to_string()],
        writers: Vec::new(),
    }));
    assert!(copied.0 && copied.1.contains("whole"), "{copied:?}");
    let put = put_back(&volumes, &place.0.join("backup"));
    let compare = put.commands().join("\n");
    let compare =
        compare.split_once(" && [ -d ").map(|(_, rest)| format!("([ -d {rest}")).expect("compared");
    let ended = Command::new("bash").arg("-c").arg(compare).output().expect("bash runs");
    assert!(!String::from_utf8_lossy(&ended.stdout).contains("whole"));
}

/// The way of a restore and back again, by what the plan prints.
#[test]
fn what_went_aside_is_taken_back_by_the_undo() {
    let place = Place::new("undo");
    let volumes = place.0.join("volumes");
    fill(&volumes, "new");
    let (away, back) = (aside(&volumes), put_back(&volumes, &place.0.join("backup")));
    assert!(run(&away).0 && run(&back).0);
    for action in [back, away] {
        let Undo::Commands(commands) = action.undo() else { panic!("no commands") };
        let ended = Command::new("bash").arg("-ec").arg(commands.join("\n")).output();
        let ended = ended.expect("bash runs");
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    }
    assert_eq!(version(&volumes), "new");
    assert_eq!(version(&place.0.join("volumes.before-rollback-undone")), "old");
}

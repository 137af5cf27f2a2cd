//! Writing files: whole or not at all.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// Replaces a file in one step, so that whoever reads it sees the old text or the new one.
pub(crate) fn replace(path: &Path, text: &str) -> Result<(), Failure> {
    write(path, text).map_err(|error| Failure::Write(path.to_path_buf(), error))
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    let target = target(path);
    match std::fs::metadata(&target) {
        Ok(meta) if meta.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
        // A device or a named pipe cannot be renamed over.
        Ok(meta) if !meta.is_file() => return std::fs::write(&target, text),
        _ => {}
    }
    let dir = match target.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".ctsup-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As any new file; the umask takes off what it has to.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(dir)?;
    if let Ok(meta) = std::fs::metadata(&target) {
        // Who may read the file was decided once.
        file.as_file().set_permissions(meta.permissions())?;
    }
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(&target).map_err(|error| error.error)?;
    Ok(())
}

/// The file behind a name. A link is followed, also one whose file is not there yet: people who link
/// a plan somewhere mean the file, not the link.
fn target(path: &Path) -> PathBuf {
    const LINKS: usize = 40;
    let mut target = path.to_path_buf();
    for _ in 0..LINKS {
        let Ok(next) = std::fs::read_link(&target) else { break };
        target = target.parent().map_or(next.clone(), |dir| dir.join(&next));
    }
    std::fs::canonicalize(&target).unwrap_or(target)
}

/// Whether two names are of one file, whatever they are called.
pub(crate) fn same(one: &Path, other: &Path) -> bool {
    #[cfg(unix)]
    if let (Ok(one), Ok(other)) = (std::fs::metadata(one), std::fs::metadata(other)) {
        use std::os::unix::fs::MetadataExt;
        return one.is_file() && (one.dev(), one.ino()) == (other.dev(), other.ino());
    }
    target(one) == target(other)
}

/// Creates a file that is not there yet.
pub(crate) fn create(path: &Path, text: &str) -> Result<(), Failure> {
    match std::fs::File::create_new(path).and_then(|mut file| file.write_all(text.as_bytes())) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(Failure::Exists(path.to_path_buf()))
        }
        Err(error) => Err(Failure::Write(path.to_path_buf(), error)),
    }
}

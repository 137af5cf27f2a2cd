//! Writing files: whole or not at all.

use std::io::{self, Write};
use std::path::Path;

use crate::failure::Failure;

/// Replaces a file in one step, so that whoever reads it sees the old text or the new one.
pub(crate) fn replace(path: &Path, text: &str) -> Result<(), Failure> {
    write(path, text).map_err(|error| Failure::Write(path.to_path_buf(), error))
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    // A link is followed: people who link a plan somewhere mean the file, not the link.
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
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
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(&target).map_err(|error| error.error)?;
    Ok(())
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

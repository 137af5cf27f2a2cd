//! Reading files: text in UTF-8, or a sentence about what the file is instead.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use ctsup_core::Plan;

use crate::failure::Failure;

/// Bytes of the largest file that is read; what has more is none of ours.
pub(crate) const MOST: u64 = 16 << 20;

/// A file that was read.
#[derive(Debug)]
pub(crate) struct File {
    /// What people call it.
    pub(crate) name: String,
    /// Where paths written in it start from.
    pub(crate) dir: PathBuf,
    /// Its text, without a byte order mark.
    pub(crate) text: String,
}

/// Reads a text; `-` is standard input.
pub(crate) fn text(path: &Path) -> Result<File, Failure> {
    let name = if is_stdin(path) { "<stdin>".to_owned() } else { path.display().to_string() };
    let bytes = bytes(path)?;
    let dir = path.parent().map(Path::to_path_buf).unwrap_or_default();
    match String::from_utf8(bytes) {
        // Editors on Windows write the mark; TOML and JSON don't want it.
        Ok(text) => {
            let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
            Ok(File { name, dir, text })
        }
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let bytes = error.as_bytes();
            let line = bytes[..valid].iter().filter(|byte| **byte == b'\n').count() + 1;
            Err(Failure::NotText { file: name, line, looks: looks(bytes) })
        }
    }
}

/// Reads a topology.
pub(crate) fn topology(path: &Path) -> Result<File, Failure> {
    as_topology(text(path)?)
}

/// Of a topology more is known than of a text: it is not empty, and not JSON.
pub(crate) fn as_topology(file: File) -> Result<File, Failure> {
    if file.text.trim().is_empty() {
        return Err(Failure::Empty(file.name));
    }
    if is_json(&file) {
        return Err(Failure::Json(file.name));
    }
    Ok(file)
}

/// What people give where a plan is wanted.
pub(crate) enum Given {
    /// One that was saved.
    Plan(Box<Plan>),
    /// The topology that one is made of.
    Topology(File),
}

/// Tells a saved plan from a topology, and reads it.
pub(crate) fn given(file: File) -> Result<Given, Failure> {
    if !is_json(&file) {
        return as_topology(file).map(Given::Topology);
    }
    let plan = Plan::read(&file.text).map_err(|why| Failure::NotAPlan(file.name, why))?;
    Ok(Given::Plan(Box::new(plan)))
}

fn is_json(file: &File) -> bool {
    file.text.trim_start().starts_with('{')
}

/// Reads bytes; `-` is standard input.
pub(crate) fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = if is_stdin(path) {
        io::stdin().lock().take(MOST + 1).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(MOST + 1).read_to_end(&mut bytes))
    };
    match read {
        Err(error) => Err(Failure::Read(path.display().to_string(), error)),
        Ok(_) if bytes.len() as u64 > MOST => Err(Failure::TooLarge(path.display().to_string())),
        Ok(_) => Ok(bytes),
    }
}

pub(crate) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn looks(bytes: &[u8]) -> &'static str {
    match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "utf-16",
        _ if bytes.contains(&0) => "binary",
        _ => "code-page",
    }
}

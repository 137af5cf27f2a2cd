//! How a password reaches ssh: ssh calls a program (`SSH_ASKPASS`), which asks the process that
//! started ssh over a socket in a directory of its own, mode 0700. The socket is there only while
//! the login lasts. A password is never in an argument, an environment or a file.

use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ctsup_core::NodeName;
use ctsup_core::plan::Server;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixListener;
use tokio::task::JoinHandle;

use super::password::Passwords;
use super::shell::nonce;

/// The variable that tells the program where to ask.
pub const SOCKET: &str = "CTSUP_ASKPASS";

/// What the program that ssh calls has to print, asked at the socket that [`SOCKET`] names.
///
/// # Errors
/// When nobody listens there, or has an answer: the program then has to fail.
pub fn answer(socket: &Path, prompt: &str) -> io::Result<Vec<u8>> {
    let mut stream = UnixStream::connect(socket)?;
    stream.write_all(prompt.as_bytes())?;
    stream.shutdown(std::net::Shutdown::Write)?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    if bytes.is_empty() { Err(io::ErrorKind::NotFound.into()) } else { Ok(bytes) }
}

/// Answers ssh while one login lasts.
pub(super) struct Desk {
    dir: PathBuf,
    answers: JoinHandle<()>,
}

impl Desk {
    pub(super) fn open(
        passwords: &Arc<Passwords>,
        node: &NodeName,
        server: &Server,
    ) -> io::Result<Self> {
        let dir = std::env::temp_dir().join(format!(".{}", nonce()));
        std::fs::DirBuilder::new().mode(0o700).create(&dir)?;
        let listener = match UnixListener::bind(dir.join("s")) {
            Ok(listener) => listener,
            Err(error) => {
                // Empty, and of no more use.
                let _ = std::fs::remove_dir(&dir);
                return Err(error);
            }
        };
        let (passwords, node, server) = (passwords.clone(), node.clone(), server.clone());
        let answers = tokio::spawn(async move {
            let mut times = std::collections::BTreeMap::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut text = Vec::new();
                let mut bounded = (&mut stream).take(4096);
                let read = bounded.read_to_end(&mut text);
                if !matches!(tokio::time::timeout(Duration::from_secs(5), read).await, Ok(Ok(_))) {
                    continue;
                }
                let text = String::from_utf8_lossy(&text).into_owned();
                let time = times.entry(text.clone()).or_insert(0u32);
                *time += 1;
                // Not heard by who has gone: nothing is lost.
                if let Some(password) = passwords.asked_by_ssh(&node, &server, &text, *time).await {
                    let _ = stream.write_all(password.line().as_bytes()).await;
                }
            }
        });
        Ok(Self { dir, answers })
    }

    pub(super) fn socket(&self) -> PathBuf {
        self.dir.join("s")
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.answers.abort();
        // A directory that stays is empty of secrets.
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

//! One long-lived POSIX shell per node, spoken to in frames: a look goes in, its exit code, standard
//! output and standard error come back, told apart.
//!
//! A look runs in the background of that shell with its output in files, so one that hangs beyond
//! killing (a dead cluster file system does that) is given up and the shell answers the next one.
//! Who reports a look, it or the one who gives it up, is decided by a file made with `set -C`.

use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::{Instant, timeout_at};

use ctsup_core::NodeName;
use ctsup_core::plan::Server;

use super::askpass::Desk;
use super::password::Passwords;
use super::quoted;

/// So many answered looks have their names swept away together.
const SWEPT: usize = 32;
/// What is read of one look's output.
const MOST: u64 = 8 << 20;
/// What the way to the node and back may take beyond a look's own limit.
const GRACE: Duration = Duration::from_secs(8);

/// What is defined in the shell before the first look.
const PRELUDE: &str = r#"umask 077
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; export PATH
ctsup_t=
for d in /dev/shm /tmp /var/tmp "$HOME"; do
  ctsup_t=$(mktemp -d "$d/.ctsup.XXXXXXXX" 2>/dev/null) && break
done
trap 'rm -rf "$ctsup_t"' EXIT
ctsup_sh=$(command -v bash || command -v sh)
ctsup_to=
if command -v timeout >/dev/null 2>&1; then ctsup_to='timeout -k 2'; fi
# Asked once for all jobs: how a program is begun that does not ignore Ctrl-C.
ctsup_reset=
if env --default-signal=INT,QUIT true 2>/dev/null; then ctsup_reset='env --default-signal=INT,QUIT'
elif command -v perl >/dev/null 2>&1; then
  ctsup_reset='perl -e $SIG{INT}=$SIG{QUIT}=q(DEFAULT);exec(@ARGV)'
fi
export ctsup_sh ctsup_reset
ctsup_one() {
  f=$ctsup_t/$1
  (
    if [ -n "$3" ]; then cd "$3" || exit 1; fi
    # In a file, for an argument may hold no more than 128 KiB.
    printf '%s\n' "$4" >"$f.s" || exit 1
    if [ -z "$5" ]; then exec ${ctsup_to:+$ctsup_to $2} "$ctsup_sh" "$f.s"; fi
    # The shell's own printf: what is secret is in no argument of a process.
    printf '%s\n' "$5" | ${ctsup_to:+$ctsup_to $2} "$ctsup_sh" "$f.s"
  ) >"$f.o" 2>"$f.e"
  c=$?
  set -C
  printf '' 2>/dev/null >"$f.c" || exit 0
  set +C
  printf '\n%s %s\n' "$1" "$c"
  # Most looks print little: programs are begun only for what there is.
  if [ -s "$f.o" ] || [ -s "$f.e" ]; then wc -c "$f.o" "$f.e"; else printf '0\n0\n0\n'; fi
  if [ -s "$f.o" ]; then head -c MOST "$f.o"; fi
  if [ -s "$f.e" ]; then head -c MOST "$f.e"; fi
  # Nothing stays of it but names, which are swept away many at a time.
  for d in o e s; do if [ -s "$f.$d" ]; then printf '' >"$f.$d"; fi; done
}
ctsup_gone() {
  if (set -C; : >"$ctsup_t/$1.c") 2>/dev/null; then printf '\n%s gone\n' "$1"; fi
}
"#;

/// A shell on a node.
#[derive(Debug)]
pub(super) struct Shell {
    child: Child,
    stdin: ChildStdin,
    out: BufReader<ChildStdout>,
    said: Said,
    nonce: String,
    count: u64,
    /// Looks that were answered, whose empty files still have their names on the node.
    spent: Vec<String>,
}

/// What the way to the shell printed to standard error, kept for the reason of a failure.
#[derive(Debug, Clone, Default)]
pub(super) struct Said(Arc<Mutex<Vec<u8>>>);

impl Said {
    pub(super) fn text(&self) -> String {
        let bytes = self.0.lock().map(|b| b.clone()).unwrap_or_default();
        String::from_utf8_lossy(&bytes).trim().to_owned()
    }

    fn add(&self, bytes: &[u8]) {
        if let Ok(mut all) = self.0.lock() {
            all.extend_from_slice(bytes);
            let over = all.len().saturating_sub(16 << 10);
            all.drain(..over);
        }
    }
}

/// How the shell is reached.
pub(super) struct Way {
    /// The program that leads to a shell, such as `ssh` with its arguments.
    pub(super) program: Command,
    /// How commands become root there, where sudo may ask for a password.
    pub(super) becoming: Option<Becoming>,
    /// How long reaching it may take, the time not counted in which a person is asked.
    pub(super) limit: Duration,
    /// Who answers ssh; goes when the shell is open.
    pub(super) desk: Option<Desk>,
}

/// A password for sudo, typed when the word that asks for it appears on standard error.
#[derive(Debug)]
pub(super) struct Becoming {
    /// The word.
    pub(super) asks: String,
    pub(super) passwords: Arc<Passwords>,
    pub(super) node: NodeName,
    pub(super) server: Server,
}

/// Why there is no shell, or none any more.
#[derive(Debug)]
pub(super) struct Broken(pub(super) String);

/// What a look came to.
#[derive(Debug)]
pub(super) enum Outcome {
    Answer(super::Answer),
    TimedOut,
}

impl Shell {
    /// Opens a shell; while a person is `asked` for a password, time stands still.
    pub(super) async fn open(way: Way, asked: impl Fn() -> bool) -> Result<Self, Broken> {
        let Way { mut program, becoming, limit, desk } = way;
        program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        program.kill_on_drop(true);
        let mut child = program.spawn().map_err(|e| Broken(e.to_string()))?;
        let (Some(stdin), Some(out), Some(mut err)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(Broken("no pipes".to_owned()));
        };
        let said = Said::default();
        let heard = said.clone();
        tokio::spawn(async move {
            let mut bytes = [0; 4096];
            while let Ok(n) = err.read(&mut bytes).await {
                if n == 0 {
                    break;
                }
                heard.add(&bytes[..n]);
            }
        });
        let out = BufReader::with_capacity(64 << 10, out);
        let mut shell =
            Self { child, stdin, out, said, nonce: nonce(), count: 0, spent: Vec::new() };
        let greeted = {
            let mut greeting = std::pin::pin!(shell.greet(becoming));
            let mut until = Instant::now() + limit;
            loop {
                let soon = until.min(Instant::now() + Duration::from_millis(200));
                match timeout_at(soon, &mut greeting).await {
                    Ok(greeted) => break greeted,
                    Err(_) if asked() => until = Instant::now() + limit,
                    Err(_) if Instant::now() < until => {}
                    Err(_) => break Err(Broken("timed out".to_owned())),
                }
            }
        };
        drop(desk);
        match greeted {
            Ok(()) => Ok(shell),
            Err(broken) => Err(shell.reason(broken).await),
        }
    }

    async fn greet(&mut self, becoming: Option<Becoming>) -> Result<(), Broken> {
        if let Some(becoming) = becoming {
            self.become_root(&becoming).await?;
        }
        let ready = format!("{} ready", self.nonce);
        // In two halves, so that a shell that echoes its input is not taken for one that is ready.
        let hello = format!(
            "{}printf '%s %s %s\\n' {} ready \"${{ctsup_t:+room}}\"\n",
            PRELUDE.replace("MOST", &MOST.to_string()),
            self.nonce
        );
        self.send(&hello).await?;
        let line = self.line_with(&ready).await?;
        if line.trim_end().ends_with("room") {
            Ok(())
        } else {
            Err(Broken("no directory for temporary files can be written".to_owned()))
        }
    }

    /// Waits for the root shell; types the password when sudo asks for it, and only then, for where
    /// sudo does not ask the shell would take it for a command.
    async fn become_root(&mut self, becoming: &Becoming) -> Result<(), Broken> {
        let Becoming { asks, passwords, node, server } = becoming;
        let said = self.said.clone();
        for time in 1.. {
            let asked = async {
                while said.text().matches(asks).count() < time as usize {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            };
            tokio::select! {
                line = self.line_with(asks) => return line.map(drop),
                () = asked => {}
            }
            let Some(password) = passwords.asked_by_sudo(node, server, time).await else {
                return Err(Broken("sudo: nobody has typed a password".to_owned()));
            };
            self.send(&password.line()).await?;
        }
        Ok(())
    }

    /// Runs a look.
    pub(super) async fn run(&mut self, look: &super::Look) -> Result<Outcome, Broken> {
        self.count += 1;
        let number = self.count;
        let id = self.id(number);
        let cwd = quoted(look.cwd.as_deref().unwrap_or_default());
        let limit = look.limit.as_secs().max(1);
        let script = quoted(&look.script);
        let input = look.input.as_ref().map(|secret| secret.line()).unwrap_or_default();
        let input = quoted(input.trim_end_matches('\n'));
        // `jobs` collects those that ended: nobody waits for them.
        let mut text = "jobs >/dev/null 2>&1\n(".to_owned();
        text.push_str(&format!("ctsup_one {id} {limit} {cwd} {script} {input}\n"));
        // Behind the look: nobody waits for it.
        if self.spent.len() >= SWEPT {
            text.push_str("cd \"$ctsup_t\" && rm -f");
            self.spent.drain(..).for_each(|id| text.push_str(&format!(" {id}.?")));
            text.push('\n');
        }
        text.push_str(") </dev/null &\n");
        if let Err(broken) = self.send(&text).await {
            return Err(self.reason(broken).await);
        }
        match self.answer(number, look.limit).await {
            Ok(Some(outcome)) => {
                self.spent.push(id);
                Ok(outcome)
            }
            Ok(None) => Ok(Outcome::TimedOut),
            Err(broken) => Err(self.reason(broken).await),
        }
    }

    /// The answer of one look; `None` when it was given up and hangs.
    async fn answer(&mut self, number: u64, limit: Duration) -> Result<Option<Outcome>, Broken> {
        let id = self.id(number);
        let began = Instant::now();
        let in_time = timeout_at(began + limit + GRACE, self.line_with(&id)).await;
        let line = match in_time {
            Ok(line) => line?,
            Err(_) => {
                self.send(&format!("ctsup_gone {id}\n")).await?;
                timeout_at(Instant::now() + GRACE, self.line_with(&id))
                    .await
                    .map_err(|_| Broken("the shell does not answer any more".to_owned()))??
            }
        };
        let word = line.trim_end().rsplit(' ').next().unwrap_or_default().to_owned();
        if word == "gone" {
            return Ok(None);
        }
        let code: i32 = word.parse().map_err(|_| Broken(format!("no exit code: {line}")))?;
        let (out, cut) = self.sizes().await?;
        let (err, _) = self.sizes().await?;
        self.line().await?;
        let out = self.bytes(out).await?;
        let err = self.bytes(err).await?;
        if matches!(code, 124 | 137) && began.elapsed() >= limit {
            return Ok(Some(Outcome::TimedOut));
        }
        Ok(Some(Outcome::Answer(super::Answer { code, out, err, cut })))
    }

    async fn sizes(&mut self) -> Result<(u64, bool), Broken> {
        let line = self.line().await?;
        let size = line.split_whitespace().next().and_then(|n| n.parse::<u64>().ok());
        let size = size.ok_or_else(|| Broken(format!("no size: {line}")))?;
        Ok((size.min(MOST), size > MOST))
    }

    async fn bytes(&mut self, size: u64) -> Result<Vec<u8>, Broken> {
        let mut bytes = vec![0; usize::try_from(size).unwrap_or(0)];
        let read = self.out.read_exact(&mut bytes);
        let read = tokio::time::timeout(Duration::from_secs(120), read).await;
        match read {
            Ok(Ok(_)) => Ok(bytes),
            Ok(Err(e)) => Err(Broken(e.to_string())),
            Err(_) => Err(Broken("the answer breaks off".to_owned())),
        }
    }

    async fn line(&mut self) -> Result<String, Broken> {
        let mut bytes = Vec::new();
        // A line without an end is no line of ours, however long one waits for it.
        let mut bounded = (&mut self.out).take(64 << 10);
        let read = bounded.read_until(b'\n', &mut bytes).await;
        match read {
            Ok(0) => Err(Broken("connection closed".to_owned())),
            Ok(_) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
            Err(e) => Err(Broken(e.to_string())),
        }
    }

    /// The next line that begins with the word; what a login prints before it is passed over.
    async fn line_with(&mut self, word: &str) -> Result<String, Broken> {
        for _ in 0..2000 {
            let line = self.line().await?;
            if line.starts_with(word) {
                return Ok(line);
            }
        }
        Err(Broken("something else than a shell talks there".to_owned()))
    }

    async fn send(&mut self, text: &str) -> Result<(), Broken> {
        let sent = async {
            self.stdin.write_all(text.as_bytes()).await?;
            self.stdin.flush().await
        };
        match tokio::time::timeout(Duration::from_secs(60), sent).await {
            Ok(sent) => sent.map_err(|e| Broken(e.to_string())),
            Err(_) => Err(Broken("the shell takes no more input".to_owned())),
        }
    }

    /// What ssh said about it, where it said something.
    async fn reason(&mut self, broken: Broken) -> Broken {
        // Its last words arrive a moment after the pipe closes.
        let _ = tokio::time::timeout(Duration::from_millis(300), self.child.wait()).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
        let said = self.said.text();
        if said.is_empty() { broken } else { Broken(format!("{}: {said}", broken.0)) }
    }

    fn id(&self, number: u64) -> String {
        format!("{}.{number}", self.nonce)
    }

    /// The process that leads to the shell, for tests that kill it.
    pub(super) fn process(&self) -> Option<u32> {
        self.child.id()
    }
}

/// A word that no output holds by chance.
pub(super) fn nonce() -> String {
    use std::hash::{BuildHasher, Hasher, RandomState};
    // Seeded by the system for every process; a guess would also have to hit the number of the look.
    let (mut one, mut two) = (RandomState::new().build_hasher(), RandomState::new().build_hasher());
    one.write_u32(std::process::id());
    two.write_u64(one.finish());
    format!("ctsup{:016x}{:016x}", one.finish(), two.finish())
}

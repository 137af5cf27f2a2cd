//! Jobs, locks and files as scripts of a POSIX shell: what a real node does itself, atomically.
//!
//! Everything lies below one directory per installation, mode 0700: `lock` and `highest`, `current`
//! (the job that runs), `jobs/RUN/STEP/ATTEMPT.PART/` with the commands, their output, their exit
//! code, process and boot id. `flock` on `mutex` makes each script one step for all others.

use std::time::Duration;

use ctsup_core::NodeName;
use data_encoding::BASE64;
use sha2::{Digest, Sha256};

use super::{
    Answer, Content, Failure, Job, JobAnswer, JobKey, JobState, JobView, LockAnswer, LockOrder,
    LockedBy, Look, Over, Password, Put, PutAnswer, Transport, quoted,
};

/// What these scripts may take; they touch local disks only.
const LIMIT: Duration = Duration::from_secs(60);

/// What all of them begin with.
const COMMON: &str = r#"set -u
# A file's first line, into v: without a process of its own, of which each costs milliseconds.
first() { v=; { read -r v <"$1"; } 2>/dev/null; [ -n "$v" ]; }
first /proc/sys/kernel/random/boot_id; boot=$v
born() { # when a process was started, and whether it lives
  first "/proc/$1/stat" || return 1
  set -- ${v##*) }
  [ "$1" != Z ] && v=${20}
}
alive() { # a job's directory
  first "$1/exit" && return 1
  first "$1/boot" && [ "$v" = "$boot" ] || return 1
  p= s=
  [ -f "$1/pid" ] && read -r p s <"$1/pid"
  [ -n "$p" ] || return 1
  born "$p" && [ "$v" = "$s" ] && return 0
  # The one that was to write the exit code was killed; its commands may run on.
  ps -o stat= -s "$p" 2>/dev/null | grep -qv '^Z'
}
"#;

/// What holds the mutex until it ends begins with this.
const HOLD: &str = r#"[ -d "$base" ] || mkdir -p -m 0700 "$base" || { echo 'no-room'; exit 0; }
exec 9>"$base/mutex" || { echo 'no-room'; exit 0; }
flock -w 30 9 || { echo 'no-room somebody holds the mutex'; exit 0; }
g=0 r= o=
if [ -f "$base/lock" ]; then { read -r g; read -r r; read -r o; } <"$base/lock"; fi
"#;

/// What can be said of a job without holding anything, and how it is said.
const VIEW: &str = r#"from=${from:-0} state= code=0
see() {
  if first "$dir/exit"; then state=finished; code=$((v))
  elif alive "$dir"; then state=running
  elif [ -s "$dir/pid" ]; then
    # It may have ended between the two looks: an exit code is written before its writer goes.
    if first "$dir/exit"; then state=finished; code=$((v)); else state=vanished; fi
  fi
}
tell() {
  then= size=0
  first "$dir/boot" && then=$v
  [ -s "$dir/out" ] && size=$(($(wc -c <"$dir/out")))
  printf 'job %s %s %s %s %s\n' "$state" "$code" "${then:--}" "$boot" "$size"
  if [ "$size" -gt "$from" ]; then tail -c "+$((from+1))" "$dir/out" | head -c 1048576; fi
}
"#;

/// Starts a job, and waits a moment for its end: a short command needs one round trip.
const LAUNCH: &str = r#"[ "$g" = "$gen" ] || { echo "not-locked $g"; exit 0; }
[ -d "$dir" ] && { echo before; exit 0; }
if first "$base/current"; then
  current=$v
  if alive "$current"; then echo "busy $current"; exit 0; fi
fi
fail() { rm -rf "$dir"; echo "no-room $1"; exit 0; }
mkdir -p "$dir" || fail "$dir can't be made"
# Blanks stand where the exit code will be written: a full disk does not lose it then.
printf '%s\n' "$boot" >"$dir/boot" && printf '%s' "$job" >"$dir/job" &&
  printf '%s' "$start" >"$dir/start" && printf '   \n' >"$dir/exit" &&
  [ -s "$dir/exit" ] && [ -s "$dir/start" ] && [ -s "$dir/job" ] && [ -s "$dir/boot" ] ||
  fail "$dir can't be written"
if [ "$terminal" = yes ]; then
  command -v script >/dev/null && mkfifo -m 600 "$dir/in" || fail "there is no script(1) for a terminal"
fi
# The job named there before does not run any more, so that nothing is lost where this breaks off.
printf '%s\n' "$dir" >"$base/current" && [ -s "$base/current" ] || fail "$base can't be written"
sh=${ctsup_sh:-/bin/sh} reset=${ctsup_reset:-}
unset ctsup_sh ctsup_reset
by_systemd() {
  [ "${EUID:-$(id -u)}" = 0 ] && [ -d /run/systemd/system ] && command -v systemd-run >/dev/null &&
    systemd-run --quiet --unit="$unit" --property=KillMode=process \
      --setenv=HOME="${HOME:-/root}" --setenv=USER="$(id -un)" --setenv=LOGNAME="$(id -un)" \
      /bin/sh "$dir/start" "$dir" "$sh" '' "$reset" </dev/null >/dev/null 2>&1 9>&-
}
# Should both begin, the second finds `started` and leaves.
heard=
if by_systemd; then :
elif [ -n "${BASH_VERSION:-}" ] && [ -e /dev/fd/0 ]; then
  # Whoever starts the job says so through a pipe, and its end is that of the job.
  eval 'exec 8< <(exec setsid /bin/sh "$dir/start" "$dir" "$sh" heard "$reset" </dev/null 2>/dev/null 9>&-)'
  read -r -t 5 heard <&8
else
  setsid /bin/sh "$dir/start" "$dir" "$sh" '' "$reset" </dev/null >/dev/null 2>&1 9>&- &
fi
n=0
while [ ! -s "$dir/pid" ] && [ $n -lt 500 ]; do sleep 0.01; n=$((n+1)); done
exec 9>&-
if [ -n "$heard" ]; then
  read -r -t 0.3 n <&8
else
  n=0
  while ! first "$dir/exit" && [ $n -lt 5 ]; do sleep 0.05; n=$((n+1)); done
fi
echo "started $boot"
see
# Not seen is not told: it is asked for as if it had been started long ago.
if [ -n "$state" ]; then tell; fi
"#;

/// Runs a job's commands; in a file of its own, which outlives the launcher.
const START: &str = r#"dir=$1 shell=$2 heard=$3 reset=$4
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; export PATH
set -C
printf '' 2>/dev/null >"$dir/started" || exit 0
set +C
read -r line </proc/$$/stat
set -- ${line##*) }
printf '%s %s\n' $$ "${20}" >"$dir/pid"
if [ -n "$heard" ]; then
  # Whether somebody still listens is all the same.
  trap '' PIPE; echo begun; trap - PIPE
fi
trap '' HUP
# Whoever starts in the background of a shell ignores Ctrl-C, and so would all that it starts, but
# for what `reset` does.
if [ -p "$dir/in" ]; then
  # Held open for reading and writing, the pipe never ends while the terminal is there.
  exec 3<>"$dir/in"
  $reset script -qefc "stty rows 24 cols 100; exec '$shell' -l '$dir/job'" /dev/null <&3 >"$dir/out" 2>&1
else
  $reset "$shell" -l "$dir/job" </dev/null >"$dir/out" 2>&1
fi
code=$?
if [ -p "$dir/in" ]; then rm -f "$dir/in"; fi
# Four bytes over four: whoever reads sees the blanks or the code.
printf '%3d\n' "$code" 1<>"$dir/exit"
"#;

/// Reads a job; what is neither there nor begun is settled under the mutex.
const READ: &str = r#"see
if [ -n "$state" ]; then tell; exit 0; fi
"#;

const SETTLE: &str = r#"see
if [ -z "$state" ]; then
  # Not there, or not begun: with this mark it never will be.
  [ -d "$dir" ] || mkdir -p "$dir" || { echo no-room; exit 0; }
  if (set -C; : >"$dir/started") 2>/dev/null || [ -f "$dir/never" ]; then
    : >"$dir/never"; state=never
  elif first "$dir/boot" && [ "$v" = "$boot" ]; then
    state=running
  else
    state=vanished
  fi
fi
tell
"#;

/// What is typed goes through a pipe and into no file; a terminal that nobody reads takes no more.
const TYPE: &str = r#"g=0
[ -s "$base/lock" ] && read -r g <"$base/lock"
[ "$g" = "$gen" ] || { echo gone; exit 0; }
if [ -p "$dir/in" ] && alive "$dir"; then
  if base64 -d | timeout 5 dd of="$dir/in" oflag=nonblock 2>/dev/null; then
    echo typed; exit 0
  fi
fi
echo gone
"#;

/// On disk before it has its name: a loss of power leaves the old content or the new one.
const KEPT: &str = r#"kept() { sync "$1" 2>/dev/null || sync; }
"#;

const LOCK: &str = r#"h=0
[ -s "$base/highest" ] && read -r h <"$base/highest"
did=refused
case $order in
read) did=done ;;
release)
  if [ "$g" = "$gen" ]; then rm -f "$base/lock"; g=0 r= o=; did=done; fi ;;
take)
  if [ "$g" = "$gen" ] && [ "$r" = "$run" ] && [ "$o" = "$owner" ]; then
    did=done
  elif [ "$gen" -gt "$h" ] && { [ "$g" = 0 ] || [ "$g" = "$over" ]; }; then
    if printf '%s\n' "$gen" >"$base/highest.new" && kept "$base/highest.new" && mv "$base/highest.new" "$base/highest" &&
      printf '%s\n%s\n%s\n' "$gen" "$run" "$owner" >"$base/lock.new" &&
      kept "$base/lock.new" && mv "$base/lock.new" "$base/lock"; then
      g=$gen r=$run o=$owner h=$gen; did=done
    else
      echo 'no-room the lock can not be written'; exit 0
    fi
  fi ;;
esac
printf 'lock %s %s %s\n%s\n%s\n' "$did" "$h" "$g" "$r" "$o"
"#;

const PUT: &str = r#"[ "$g" = "$gen" ] || { echo "not-locked $g"; exit 0; }
if [ -n "$sum" ]; then
  path=$(readlink -f "$path")
  [ "$(sha256sum <"$path" | cut -d' ' -f1)" = "$sum" ] || { echo changed; exit 0; }
  # The copy brings owner, group and mode along, its content is replaced.
  cp -a "$path" "$path.ctsup-new" || { rm -f "$path.ctsup-new"; echo "no-room $path"; exit 0; }
else
  mkdir -p -m 0700 "${path%/*}" || { echo "no-room $path"; exit 0; }
fi
if printf %s "$bytes" | base64 -d >"$path.ctsup-new" &&
  [ "$(sha256sum <"$path.ctsup-new" | cut -d' ' -f1)" = "$new" ]; then
  # Copies of the journal come often, and a lost one comes again: they may wait for the disk.
  if [ -n "$sum" ]; then kept "$path.ctsup-new"; fi
  mv -f "$path.ctsup-new" "$path" && echo written && exit 0
fi
rm -f "$path.ctsup-new"; echo "no-room $path"
"#;

/// A piece of a file, behind a line that tells which file it is: one that was replaced is another.
const GET: &str = r#"[ -e "$path" ] || { echo none; exit 0; }
[ -f "$path" ] || { echo "$path is no file" >&2; exit 1; }
[ "$(($(wc -c <"$path")))" -le "$most" ] || { echo "$path is too long" >&2; exit 1; }
which=$(stat -L -c '%i %Y %s' "$path") || exit 1
echo "file $which"
if [ "$from" = 0 ]; then head -c "$piece" "$path"; else tail -c "+$((from+1))" "$path" | head -c "$piece"; fi
"#;

/// What is read of a file at once: less than what a look's answer may hold.
const PIECE: usize = 4 << 20;
/// What no file of ours comes near to.
const LONGEST: usize = 256 << 20;

/// Where an installation's own files lie on its nodes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base(String);

impl Base {
    /// The directory of an installation: `/var/lib/ctsup/SITE`.
    #[must_use]
    pub fn of(site: &str) -> Self {
        Self(format!("/var/lib/ctsup/{site}"))
    }

    /// Another directory, absolute.
    #[must_use]
    pub fn at(path: impl Into<String>) -> Self {
        Self(path.into())
    }

    /// The path.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.0
    }

    fn job(&self, key: &JobKey) -> String {
        // A step's name has slashes; a plus sign stands in no name.
        let step = key.step.as_str().replace('/', "+");
        format!("{}/jobs/{}/{step}/{}.{}", self.0, key.run, key.attempt, key.part)
    }
}

fn script(base: &Base, variables: &[(&str, &str)], body: &[&str]) -> Look {
    let mut text = format!("base={}\n", quoted(&base.0));
    for (name, value) in variables {
        text.push_str(&format!("{name}={}\n", quoted(value)));
    }
    text.push_str(COMMON);
    body.iter().for_each(|part| text.push_str(part));
    Look::new(text, LIMIT)
}

fn garbled(node: &NodeName, answer: &Answer) -> Failure {
    let text = format!("exit {}: {} {}", answer.code, answer.out_text(), answer.err_text());
    Failure::Garbled { node: node.clone(), text: text.trim().chars().take(2000).collect() }
}

/// The first line's words, and the rest.
fn first_line(bytes: &[u8]) -> (Vec<String>, &[u8]) {
    let end = bytes.iter().position(|b| *b == b'\n');
    let (line, rest) = match end {
        Some(at) => (&bytes[..at], &bytes[at + 1..]),
        None => (bytes, &[][..]),
    };
    let words = String::from_utf8_lossy(line).split(' ').map(str::to_owned).collect();
    (words, rest)
}

/// Starts a job.
pub(super) async fn start<T: Transport>(
    way: &T,
    base: &Base,
    node: &NodeName,
    job: &Job,
) -> Result<JobAnswer, Failure> {
    let mut text = "set -e\n".to_owned();
    if let Some(cwd) = &job.cwd {
        text.push_str(&format!("cd {}\n", quoted(cwd)));
    }
    for command in &job.commands {
        text.push_str(command);
        text.push('\n');
    }
    let dir = base.job(&job.key);
    let unit = format!(
        "ctsup-{:x}",
        Sha256::digest(dir.as_bytes()).iter().take(12).fold(0u128, |a, b| a << 8 | u128::from(*b))
    );
    let generation = job.generation.to_string();
    let variables = [
        ("dir", dir.as_str()),
        ("gen", generation.as_str()),
        ("job", text.as_str()),
        ("start", START),
        ("terminal", if job.terminal { "yes" } else { "" }),
        ("unit", unit.as_str()),
    ];
    let answer = way.look(node, &script(base, &variables, &[HOLD, VIEW, LAUNCH])).await?;
    let (words, told) = first_line(&answer.out);
    let rest = || words[1..].join(" ");
    Ok(match words[0].as_str() {
        "started" => JobAnswer::Started { boot: rest(), seen: view_of(told) },
        "before" => JobAnswer::Before,
        "not-locked" => {
            let generation = rest().parse().map_err(|_| garbled(node, &answer))?;
            JobAnswer::NotLocked { generation }
        }
        "busy" => {
            JobAnswer::Busy { job: rest().rsplit("/jobs/").next().unwrap_or_default().to_owned() }
        }
        "no-room" => JobAnswer::NoRoom {
            text: format!("{} {}", rest(), answer.err_text()).trim().to_owned(),
        },
        _ => return Err(garbled(node, &answer)),
    })
}

/// Reads a job.
pub(super) async fn read_job<T: Transport>(
    way: &T,
    base: &Base,
    node: &NodeName,
    key: &JobKey,
    from: u64,
) -> Result<JobView, Failure> {
    let dir = base.job(key);
    let from = from.to_string();
    let variables = [("dir", dir.as_str()), ("from", from.as_str())];
    let answer = way.look(node, &script(base, &variables, &[VIEW, READ, HOLD, SETTLE])).await?;
    view_of(&answer.out).ok_or_else(|| garbled(node, &answer))
}

/// What `tell` printed.
fn view_of(bytes: &[u8]) -> Option<JobView> {
    let (words, rest) = first_line(bytes);
    let [job, state, code, then, now, size] = &words[..] else { return None };
    if job != "job" {
        return None;
    }
    let state = match state.as_str() {
        "finished" => JobState::Finished { code: code.parse().ok()? },
        "running" => JobState::Running,
        "vanished" => JobState::Vanished,
        "never" => JobState::Never,
        _ => return None,
    };
    Some(JobView {
        state,
        boot_then: then.strip_prefix('-').map_or(then.clone(), str::to_owned),
        boot_now: now.clone(),
        output: rest.to_vec(),
        size: size.parse().ok()?,
    })
}

/// Types into a job's terminal.
pub(super) async fn type_in<T: Transport>(
    way: &T,
    base: &Base,
    node: &NodeName,
    key: &JobKey,
    generation: u64,
    bytes: &[u8],
) -> Result<bool, Failure> {
    if bytes.is_empty() {
        return Ok(true);
    }
    let (dir, bytes) = (base.job(key), BASE64.encode(bytes));
    // Through a pipe and not in the script, which lies in a file while it runs: it may be a password.
    let typed = Some(Password::new(&bytes));
    let generation = generation.to_string();
    let variables = [("dir", dir.as_str()), ("gen", generation.as_str())];
    let look = script(base, &variables, &[TYPE]).reading(typed);
    let answer = way.look(node, &look).await?;
    match first_line(&answer.out).0[0].as_str() {
        "typed" => Ok(true),
        "gone" => Ok(false),
        _ => Err(garbled(node, &answer)),
    }
}

/// Carries out a lock order.
pub(super) async fn lock<T: Transport>(
    way: &T,
    base: &Base,
    node: &NodeName,
    order: &LockOrder,
) -> Result<LockAnswer, Failure> {
    let (mut generation, mut over, mut run, mut owner) = (0, 0, "", "");
    let word = match order {
        LockOrder::Read => "read",
        LockOrder::Take { by, over: taken } => {
            generation = by.generation;
            (run, owner) = (&by.run, &by.owner);
            over = taken.unwrap_or(0);
            "take"
        }
        LockOrder::Release { generation: held } => {
            generation = *held;
            "release"
        }
    };
    let (generation, over) = (generation.to_string(), over.to_string());
    let variables = [
        ("order", word),
        ("gen", generation.as_str()),
        ("over", over.as_str()),
        ("run", run),
        ("owner", owner),
    ];
    let answer = way.look(node, &script(base, &variables, &[HOLD, KEPT, LOCK])).await?;
    let wrong = || garbled(node, &answer);
    let text = answer.out_text();
    let mut lines = text.lines();
    let first: Vec<&str> = lines.next().unwrap_or_default().split(' ').collect();
    let ["lock", did, highest, held] = first[..] else { return Err(wrong()) };
    let generation: u64 = held.parse().map_err(|_| wrong())?;
    let (run, owner) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    Ok(LockAnswer {
        by: (generation != 0).then(|| LockedBy {
            generation,
            run: run.to_owned(),
            owner: owner.to_owned(),
        }),
        highest: highest.parse().map_err(|_| wrong())?,
        done: did == "done",
    })
}

/// Writes a file.
pub(super) async fn put<T: Transport>(
    way: &T,
    base: &Base,
    node: &NodeName,
    put: &Put,
) -> Result<PutAnswer, Failure> {
    let sum =
        |bytes: &[u8]| Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect::<String>();
    let generation = put.generation.to_string();
    let old = match &put.over {
        Over::Anything => String::new(),
        Over::Content(bytes) => sum(bytes),
    };
    let (bytes, new) = (BASE64.encode(&put.bytes), sum(&put.bytes));
    let variables = [
        ("path", put.path.as_str()),
        ("gen", generation.as_str()),
        ("sum", old.as_str()),
        ("new", new.as_str()),
        ("bytes", bytes.as_str()),
    ];
    let answer = way.look(node, &script(base, &variables, &[HOLD, KEPT, PUT])).await?;
    let words = first_line(&answer.out).0;
    match words[0].as_str() {
        "written" => Ok(PutAnswer::Written),
        "changed" => Ok(PutAnswer::Changed),
        "not-locked" => {
            let generation = words[1..].join(" ").parse().map_err(|_| garbled(node, &answer))?;
            Ok(PutAnswer::NotLocked { generation })
        }
        "no-room" => {
            let text = format!("{} {}", words[1..].join(" "), answer.err_text());
            Ok(PutAnswer::NoRoom { text: text.trim().to_owned() })
        }
        _ => Err(garbled(node, &answer)),
    }
}

/// Reads a file.
pub(super) async fn get<T: Transport>(
    way: &T,
    node: &NodeName,
    path: &str,
) -> Result<Option<Content>, Failure> {
    let mut bytes = Vec::new();
    let mut which: Option<String> = None;
    // Replaced between two pieces, it is read anew; one that is replaced all the time is not ours.
    let mut again = 5;
    loop {
        let (path, from) = (quoted(path), bytes.len());
        let text = format!("path={path} from={from} piece={PIECE} most={LONGEST}\n{GET}");
        let answer = way.look(node, &Look::new(text, LIMIT)).await?;
        // What was printed may be the beginning of the file, which may hold secrets.
        let wrong = || garbled(node, &Answer { out: Vec::new(), ..answer.clone() });
        if (answer.code, answer.out.as_slice()) == (0, b"none\n") {
            return Ok(None);
        }
        let (words, piece) = first_line(&answer.out);
        let [file, id @ ..] = &words[..] else { return Err(wrong()) };
        let size: Option<usize> = id.last().and_then(|size| size.parse().ok());
        let (0, "file", Some(size)) = (answer.code, file.as_str(), size) else {
            return Err(wrong());
        };
        let id = id.join(" ");
        if which.as_ref().is_some_and(|which| *which != id) {
            (which, again) = (None, again - 1);
            bytes.clear();
            if again == 0 {
                return Err(wrong());
            }
            continue;
        }
        which = Some(id);
        bytes.extend_from_slice(piece);
        match bytes.len() {
            all if all == size => return Ok(Some(Content { bytes })),
            some if some < size && piece.len() == PIECE => {}
            // Torn, or somebody writes it while it is read.
            _ => return Err(wrong()),
        }
    }
}

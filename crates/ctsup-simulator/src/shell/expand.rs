//! Words into arguments: variables, outputs of commands, file names for `*`.

use super::parse::{Part, Word};
use super::run;
use crate::process::{Shell, Sink, lock};

/// The arguments that words stand for.
pub(super) async fn words(shell: &mut Shell, words: &[Word]) -> Vec<String> {
    let mut all = Vec::new();
    for word in words {
        all.extend(one(shell, word).await);
    }
    all
}

/// One word as one text, as behind `>` and `=`.
pub(super) async fn text(shell: &mut Shell, word: &Word) -> String {
    one(shell, word).await.join(" ")
}

async fn one(shell: &mut Shell, word: &Word) -> Vec<String> {
    // Fields so far; the last one grows. `open` says that an empty one counts.
    let mut fields = vec![String::new()];
    let mut open = false;
    let mut stars = false;
    for part in word {
        let (value, quoted) = match part {
            Part::Text { text, quoted } => {
                stars |= !quoted && text.contains('*');
                (text.clone(), true)
            }
            Part::Variable { name, quoted } => {
                (shell.variable(name).unwrap_or_default().to_owned(), *quoted)
            }
            Part::Output { list, quoted } => {
                let (sink, text) = Sink::text();
                let mut inner = Shell { out: sink, ..shell.clone() };
                Box::pin(run::list(&mut inner, list)).await;
                let text = lock(&text).trim_end_matches('\n').to_owned();
                (text, *quoted)
            }
            Part::Process(list) => {
                let (sink, text) = Sink::text();
                let mut inner = Shell { out: sink, ..shell.clone() };
                Box::pin(run::list(&mut inner, list)).await;
                let name = format!("/dev/fd/{}", 60 + shell.pipes.len());
                let text = lock(&text).clone();
                shell.pipes.insert(name.clone(), text);
                (name, true)
            }
        };
        if quoted {
            open |= matches!(
                part,
                Part::Text { quoted: true, .. } | Part::Variable { .. } | Part::Output { .. }
            );
            fields.last_mut().expect("there is always one").push_str(&value);
            continue;
        }
        for (i, piece) in value.split_whitespace().enumerate() {
            if i > 0 {
                fields.push(String::new());
            }
            fields.last_mut().expect("there is always one").push_str(piece);
        }
    }
    if fields.len() == 1 && fields[0].is_empty() && !open {
        return Vec::new();
    }
    if stars && fields.len() == 1 {
        let found = matching(shell, &fields[0]);
        if !found.is_empty() {
            return found;
        }
    }
    fields
}

/// Files that a pattern with `*` in its last part names.
fn matching(shell: &Shell, pattern: &str) -> Vec<String> {
    let path = shell.path(pattern);
    let Some((dir, last)) = path.rsplit_once('/') else { return Vec::new() };
    let dir = if dir.is_empty() { "/" } else { dir };
    let entries = shell.with(|w| w.tree(&shell.node, dir)).unwrap_or_default();
    let names = entries.iter().map(|(at, _)| at.as_str()).filter(|at| !at.is_empty());
    let direct = names.filter(|at| !at.contains('/') && fits(last, at));
    let head = pattern.rsplit_once('/').map_or(String::new(), |(head, _)| format!("{head}/"));
    direct.map(|name| format!("{head}{name}")).collect()
}

/// Whether a name fits a pattern of texts and `*`.
pub(crate) fn fits(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((head, rest)) => name.strip_prefix(head).is_some_and(|name| {
            (0..=name.len()).filter(|i| name.is_char_boundary(*i)).any(|i| fits(rest, &name[i..]))
        }),
    }
}

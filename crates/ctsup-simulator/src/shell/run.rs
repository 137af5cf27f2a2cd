//! Lists of commands, carried out.

use super::expand;
use super::parse::{Body, Command, Joint, List, Pipeline, Redirection, Target};
use crate::process::{Shell, Sink, lock};
use crate::tool;

pub(super) async fn list(shell: &mut Shell, list: &List) -> i32 {
    let mut code = 0;
    for (joint, pipeline) in &list.items {
        let runs = match joint {
            Joint::Always => true,
            Joint::And => code == 0,
            Joint::Or => code != 0,
        };
        if runs {
            code = Box::pin(run_pipeline(shell, pipeline)).await;
            shell.environment.insert("?".to_owned(), code.to_string());
        }
        if let Some(exit) = shell.environment.get("exit").and_then(|c| c.parse().ok()) {
            return exit;
        }
    }
    code
}

async fn run_pipeline(shell: &mut Shell, pipeline: &Pipeline) -> i32 {
    let mut code = 0;
    let mut input = shell.input.clone();
    let last = pipeline.commands.len().saturating_sub(1);
    for (i, command) in pipeline.commands.iter().enumerate() {
        if last == 0 {
            code = run_command(shell, command).await;
            break;
        }
        // A part of a pipe is a process of its own: what it sets stays there.
        let (sink, text) = Sink::text();
        let out = if i == last { shell.out.clone() } else { sink };
        let mut inner = Shell { input: input.take(), out, ..shell.clone() };
        code = run_command(&mut inner, command).await;
        input = Some(lock(&text).clone());
    }
    if pipeline.negated { i32::from(code == 0) } else { code }
}

async fn run_command(shell: &mut Shell, command: &Command) -> i32 {
    let plain = (shell.input.clone(), shell.out.clone(), shell.err.clone());
    let mut files = Vec::new();
    for redirection in &command.redirections {
        if let Err(code) = redirect(shell, redirection, &mut files).await {
            (shell.input, shell.out, shell.err) = plain;
            return code;
        }
    }
    let code = match &command.body {
        Body::Subshell(inner) => {
            let mut child = shell.clone();
            Box::pin(list(&mut child, inner)).await
        }
        Body::Group(inner) => Box::pin(list(shell, inner)).await,
        Body::If { condition, then } => match Box::pin(list(shell, condition)).await {
            0 => Box::pin(list(shell, then)).await,
            _ => 0,
        },
        Body::For { name, words, each } => {
            let mut code = 0;
            for value in expand::words(shell, words).await {
                shell.environment.insert(name.clone(), value);
                code = Box::pin(list(shell, each)).await;
                if shell.environment.contains_key("exit") {
                    break;
                }
            }
            code
        }
        Body::Simple { assignments, words } => {
            let words = expand::words(shell, words).await;
            let mut set = Vec::new();
            for (name, value) in assignments {
                set.push((name.clone(), expand::text(shell, value).await));
            }
            match words.is_empty() {
                true => {
                    shell.environment.extend(set);
                    0
                }
                false => tool::call(shell, set, words).await,
            }
        }
    };
    (shell.input, shell.out, shell.err) = plain;
    for (path, text, append) in files {
        let text = lock(&text).clone();
        let written = shell.with(|w| {
            let old = append.then(|| w.text(&shell.node, &path).unwrap_or_default().to_owned());
            w.write(&shell.node, &path, &(old.unwrap_or_default() + &text))
        });
        if let Err(why) = written {
            shell.complain(&format!("sh: write error: {why}"));
            return 1;
        }
    }
    shell.pipes.clear();
    code
}

type Opened = (String, std::sync::Arc<std::sync::Mutex<String>>, bool);

async fn redirect(
    shell: &mut Shell,
    redirection: &Redirection,
    files: &mut Vec<Opened>,
) -> Result<(), i32> {
    let (word, append) = match &redirection.to {
        Target::Stream(stream) => {
            let to = if *stream == 2 { shell.err.clone() } else { shell.out.clone() };
            *(if redirection.from == 2 { &mut shell.err } else { &mut shell.out }) = to;
            return Ok(());
        }
        Target::Read(word) => {
            let path = expand::text(shell, word).await;
            let path = shell.path(&path);
            let text = match path.as_str() {
                "/dev/null" => Some(String::new()),
                path if path.starts_with("/dev/tcp/") => connect(shell, path).then(String::new),
                path => shell.with(|w| w.text(&shell.node, path).map(str::to_owned)),
            };
            let Some(text) = text else {
                shell.complain(&format!("sh: {path}: No such file or directory"));
                return Err(1);
            };
            shell.input = Some(text);
            return Ok(());
        }
        Target::Write(word) => (word, false),
        Target::Append(word) => (word, true),
    };
    let path = expand::text(shell, word).await;
    let path = shell.path(&path);
    let (sink, text) = Sink::text();
    if path != "/dev/null" {
        let there = shell.with(|w| w.entry(&shell.node, &path).is_some());
        if there && shell.no_clobber && !append {
            shell.complain(&format!("sh: {path}: cannot overwrite existing file"));
            return Err(1);
        }
        let old = if append && there { None } else { Some("") };
        let made = old.map_or(Ok(()), |old| shell.with(|w| w.write(&shell.node, &path, old)));
        if let Err(why) = made {
            shell.complain(&format!("sh: {path}: {why}"));
            return Err(1);
        }
        files.push((path, text, append));
    }
    *(if redirection.from == 2 { &mut shell.err } else { &mut shell.out }) = sink;
    Ok(())
}

/// Whether somebody listens on `/dev/tcp/HOST/PORT`: the services of Back do while they run.
fn connect(shell: &Shell, path: &str) -> bool {
    let Some((host, port)) = path.trim_start_matches("/dev/tcp/").split_once('/') else {
        return false;
    };
    shell.with(|w| w.listens(host, port.parse().unwrap_or(0)))
}

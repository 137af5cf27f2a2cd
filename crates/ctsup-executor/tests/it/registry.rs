//! The look at a registry's tags against one on loopback: pages, logins, wrong answers.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use ctsup_core::run::{Answer, Header, JOURNAL_FORMAT, Limits, Status, StopReason};
use ctsup_core::{Catalogue, Event, Goal, Outcome, Plan, Request, StepId};
use ctsup_executor::transport::{Base, Password, Passwords, Prompt, Reach, Real};
use ctsup_executor::{Driver, Ending, Heard, Journal, Manner, MemoryStore, Order, WallClock};
use ctsup_executor::{driver, lock};
use data_encoding::BASE64;
use tempfile::TempDir;
use tokio::sync::mpsc;

use crate::site::files_with;

const PASSWORD: &str = "gr\\un \"pa's$";
const TAGS: &str = "laptop/images/tags";

/// Answers with what a function makes of path and login.
struct Registry {
    url: String,
    /// The password seen in some process while a request was answered.
    leaks: Arc<Mutex<Vec<String>>>,
}

impl Registry {
    fn start(answer: impl Fn(&str, Option<&str>) -> String + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let leaks = Arc::new(Mutex::new(Vec::new()));
        let found = leaks.clone();
        // Ends with the test's process.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (path, login) = request(&stream);
                found.lock().expect("no panic").extend(processes_with(PASSWORD));
                // A client that has gone asks again.
                let _ = (&stream).write_all(answer(&path, login.as_deref()).as_bytes());
            }
        });
        Self { url, leaks }
    }
}

fn request(stream: &TcpStream) -> (String, Option<String>) {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let first = lines.next().unwrap_or_default();
    let headers: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    let login = headers.iter().find_map(|line| {
        let basic = line.strip_prefix("Authorization: Basic ")?;
        String::from_utf8(BASE64.decode(basic.as_bytes()).ok()?).ok()
    });
    (first.split(' ').nth(1).unwrap_or_default().to_owned(), login)
}

/// Arguments and environments of all processes that hold a text.
fn processes_with(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").expect("processes").flatten() {
        for file in ["cmdline", "environ"] {
            let Ok(bytes) = fs::read(entry.path().join(file)) else { continue };
            if String::from_utf8_lossy(&bytes).contains(text) {
                found.push(entry.path().join(file).display().to_string());
            }
        }
    }
    found
}

fn http(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n{body}"
    )
}

fn ok(body: &str) -> String {
    http("200 OK", "", body)
}

fn unauthorized() -> String {
    http("401 Unauthorized", "", r#"{"errors":[{"code":"UNAUTHORIZED","message":"no"}]}"#)
}

fn plan(url: &str, user: bool) -> Plan {
    let mut topology = include_str!("../../../../examples/registry.toml")
        .replace("http://registry.romashka.example", url)
        .replace("internet = ", "services = [\"admin\", \"trusts\"]\ninternet = ")
        .replace("login_refused = true", "login_refused = false");
    if !user {
        topology = topology.replace("user = \"userregistry\"\n", "");
    }
    let request = Request {
        topology: &topology,
        facts: None,
        image_lists: &Default::default(),
        catalogue: Catalogue::built_in(),
        goal: Goal::Registry,
    };
    match ctsup_core::plan(&request) {
        Outcome::Ready(planned) => planned.plan,
        other => panic!("no plan: {:?}", other.diagnostics()),
    }
}

/// What came of a run: how it ended, how its look at the tags stands, what a person was told.
struct Seen {
    ending: Ending,
    status: Status,
    told: String,
    journal: String,
    asked: Vec<Prompt>,
}

async fn run(url: &str, user: bool, typed: &[&str]) -> Seen {
    let dir = TempDir::new().expect("a directory");
    let root = dir.path().display().to_string();
    let plan = Arc::new(plan(url, user));
    let mut reach = Reach::new(Base::at(format!("{root}/ctsup")));
    let asked = Arc::new(Mutex::new(Vec::new()));
    let (prompts, typed) =
        (asked.clone(), typed.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>());
    reach.passwords = Some(Arc::new(Passwords::new(
        "/none".into(),
        Box::new(move |prompt| {
            let mut prompts = prompts.lock().expect("no panic");
            prompts.push(prompt.clone());
            typed.get(prompts.len() - 1).map(|text| Password::new(text))
        }),
    )));
    let nodes: Vec<_> = plan.topology.nodes.keys().cloned().collect();
    let way = Real::here(nodes.clone(), reach);
    let held = lock::take(&way, &nodes[..1], "r1", "anna", false, 0).await.expect("a lock");
    let header = Header {
        digest: plan.digest.clone(),
        format: JOURNAL_FORMAT,
        run: "r1".to_owned(),
        site: plan.site.clone(),
    };
    let journal = Journal::begin(MemoryStore::default(), header).expect("a journal");
    let manner = Manner { attended: true, ..Manner::default() };
    let parts = (way, WallClock, journal, manner);
    let mut driver: Driver<_, _, _> =
        driver::begin(parts, plan.clone(), "anna", held.generation).expect("a run");
    let (give, mut orders) = mpsc::channel(16);
    let mut told = String::new();
    let mut heard = |heard: Heard<'_>| {
        if let Heard::Record(record) = heard
            && let Event::Asked { step, seen, .. } = &record.event
        {
            if step.as_str() == TAGS {
                told.clone_from(seen);
            }
            let (by, note) = ("anna".to_owned(), String::new());
            let order = Order::Answer { answer: Answer::Done, by, note, step: step.clone() };
            give.try_send(order).expect("room for an answer");
        }
    };
    let limits = Limits { until: Some(StepId::from(TAGS)), ..Limits::default() };
    let ending = driver.drive(&limits, &mut orders, &mut heard).await.expect("a drive");
    let step = driver.run.step(&StepId::from(TAGS)).expect("the look").clone();
    assert_eq!(files_with(dir.path(), PASSWORD), Vec::<std::path::PathBuf>::new());
    let told = if told.is_empty() { step.seen.clone() } else { told };
    let asked = asked.lock().expect("no panic").clone();
    Seen { ending, status: step.status, told, journal: driver.journal.text().to_owned(), asked }
}

/// The step failed, for a reason that stands in the journal.
fn failed(seen: &Seen, reason: &str) {
    assert_eq!(seen.ending, Ending::Stopped(StopReason::Failed(StepId::from(TAGS))));
    assert_eq!(seen.status, Status::Failed);
    assert!(seen.journal.contains(&format!("\"reason\":\"{reason}\"")), "{}", seen.journal);
}

#[tokio::test]
async fn every_page_is_read_with_a_password_that_is_nowhere() {
    let registry = Registry::start(|path, login| {
        if login != Some(&format!("userregistry:{PASSWORD}")) {
            return unauthorized();
        }
        let next = |to: &str| format!("Link: <{to}>; rel=\"next\"\r\n");
        match path {
            "/v2/admin/tags/list" => http(
                "200 OK",
                &next("/v2/admin/tags/list?last=1.38.1&n=2"),
                r#"{"name":"admin","tags":["1.9.0","1.38.1"]}"#,
            ),
            "/v2/admin/tags/list?last=1.38.1&n=2" => {
                ok(r#"{"name":"admin","tags":["1.42.0","latest"]}"#)
            }
            "/v2/trusts/tags/list" => http(
                "404 Not Found",
                "",
                r#"{"errors":[{"code":"NAME_UNKNOWN","message":"no such name"}]}"#,
            ),
            other => panic!("{other}"),
        }
    });
    let seen = run(&registry.url, true, &["wrong", PASSWORD]).await;
    assert_eq!(seen.told, "admin: 1.42.0, 1.38.1, 1.9.0, latest\ntrusts: NAME_UNKNOWN");
    assert!(matches!(seen.status, Status::Done(_)), "{:?}", seen.status);
    let refusals: Vec<bool> = seen
        .asked
        .iter()
        .map(|prompt| match prompt {
            Prompt::Registry { user, refused, .. } if user == "userregistry" => *refused,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(refusals, [false, true], "asked once, and once more when it was refused");
    assert_eq!(*registry.leaks.lock().expect("no panic"), Vec::<String>::new());
    assert!(!seen.journal.contains("pa's") && !seen.journal.contains("wrong"));
}

#[tokio::test]
async fn a_login_that_is_refused_fails_the_look() {
    let registry = Registry::start(|_, _| unauthorized());
    let seen = run(&registry.url, false, &[]).await;
    failed(&seen, "registry-login");
    let seen = run(&registry.url, true, &["a", "b", "c", "d", "e"]).await;
    failed(&seen, "registry-login");
    assert_eq!(seen.asked.len(), 4, "nobody is asked for ever");
}

/// A registry whose every page names another one is not read for ever.
#[tokio::test]
async fn pages_without_an_end_fail_the_look() {
    let asked = Arc::new(Mutex::new(0));
    let count = asked.clone();
    let registry = Registry::start(move |_, _| {
        let mut count = count.lock().expect("no panic");
        *count += 1;
        let link = format!("Link: </v2/admin/tags/list?last={count}>; rel=\"next\"\r\n");
        http("200 OK", &link, r#"{"name":"admin","tags":["1.42.0"]}"#)
    });
    let seen = run(&registry.url, false, &[]).await;
    failed(&seen, "registry-odd");
    let asked = *asked.lock().expect("no panic");
    assert!((100..=200).contains(&asked), "{asked}");
}

#[tokio::test]
async fn where_nobody_types_a_password_a_person_looks() {
    let registry = Registry::start(|path, _| panic!("{path} was asked for"));
    let seen = run(&registry.url, true, &[]).await;
    let (why, command) = seen.told.split_once('\n').expect("why, and what to type");
    assert_eq!(why, "ctsup:by-hand\tpassword");
    assert!(command.starts_with("curl -u userregistry "), "{command}");
}

#[tokio::test]
async fn what_no_registry_answers_fails_the_look() {
    let page = r#"{"name":"admin","tags":["1.42.0"]}"#;
    let link = |to: &str| http("200 OK", &format!("Link: <{to}>; rel=next\r\n"), page);
    for answer in [
        ok("<html>It works!</html>"),
        ok(r#"{"name":"admin","tags":["1.42.0"]"#),
        http("200 OK", "", "{}"),
        http("302 Found", "Location: http://127.0.0.1:1/\r\n", ""),
        http("502 Bad Gateway", "", page),
        link("http://127.0.0.1:1/v2/admin/tags/list"),
        link("/v2/admin/tags/list"),
    ] {
        let sent = answer.clone();
        let registry = Registry::start(move |_, _| sent.clone());
        let seen = run(&registry.url, false, &[]).await;
        failed(&seen, "registry-odd");
    }
    let seen = run("http://127.0.0.1:1", false, &[]).await;
    failed(&seen, "registry-silent");
}

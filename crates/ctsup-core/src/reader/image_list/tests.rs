//! Saved tables in the shapes that people really hand over.

use super::*;

const HEADER: &str = "CONTAINER ID   IMAGE   COMMAND   CREATED   STATUS   PORTS   NAMES\n";

/// What was read, one line a container: name, image, status.
fn told(list: &ImageList) -> Vec<String> {
    let line = |container: &Container| {
        let name = container.name.as_deref().unwrap_or("-");
        let (image, status) = (&container.image, container.status);
        format!("{name} {image} {status:?}")
    };
    list.containers.iter().map(line).collect()
}

fn read_well(text: &str) -> ImageList {
    read(text).expect("a table")
}

fn reasons(list: &ImageList) -> Vec<(usize, Reason)> {
    list.notes.iter().map(|note| (note.line, note.reason)).collect()
}

/// Breaks every line after `width` characters, as a terminal does.
fn wrap(text: &str, width: usize) -> String {
    let mut wrapped = String::new();
    for line in text.lines() {
        let chars: Vec<char> = line.chars().collect();
        for piece in chars.chunks(width) {
            wrapped.extend(piece);
            wrapped.push('\n');
        }
    }
    wrapped
}

const LAB: &str = include_str!("../../../tests/fixtures/reader/docker/ps-a.txt");

#[test]
fn a_table_of_a_real_host() {
    let list = read_well(LAB);
    insta::assert_snapshot!(told(&list).join("\n"), @r"
    express-voice_janus_1 lab/busybox:1.0 Up { health: None, paused: false }
    express-voice_coturn_1 lab/busybox:1.0 Up { health: None, paused: false }
    express_messaging_1 lab/busybox:1.0 Up { health: None, paused: false }
    express_redis_1 lab/busybox:1.0 Up { health: None, paused: false }
    express_nginx_1 lab/busybox:1.0 Up { health: None, paused: false }
    express_postgres_1 lab/busybox:1.0 Up { health: None, paused: false }
    ");
    assert_eq!(list.notes, []);
    let services = list.containers.iter().filter_map(|container| container.service("express"));
    let services: Vec<String> = services.map(|service| service.name).collect();
    assert_eq!(services, ["messaging", "redis", "nginx", "postgres"]);
}

#[test]
fn a_terminal_of_any_width_changes_nothing_but_the_notes() {
    let whole = told(&read_well(LAB));
    for width in 40..160 {
        let list = read_well(&wrap(LAB, width));
        assert_eq!(told(&list), whole, "width {width}");
    }
}

#[test]
fn blanks_lost_in_copying_change_nothing_either() {
    let whole = told(&read_well(LAB));
    for width in 40..160 {
        let wrapped = wrap(LAB, width);
        let trimmed: Vec<&str> = wrapped.lines().map(str::trim_end).collect();
        let list = read_well(&trimmed.join("\r\n"));
        assert_eq!(told(&list), whole, "width {width}");
        let all_joined = list.notes.iter().all(|note| note.reason == Reason::Joined);
        assert!(all_joined, "width {width}: {:?}", list.notes);
    }
}

#[test]
fn a_word_after_the_last_row_is_not_a_part_of_its_name() {
    let row = "d7f893067461   pets:1.0.0   \"run\"   2 days ago   Up 2 days   cts_pets_1";
    let list = read_well(&format!("{row}\nlogout\n"));
    assert_eq!(list.containers[0].name.as_deref(), Some("cts_pets_1"));
    assert_eq!(reasons(&list), [(2, Reason::Unrecognised)]);
    let list = read_well(&format!("{row}\n2\n"));
    assert_eq!(list.containers[0].name.as_deref(), Some("cts_pets_12"));
    assert_eq!(reasons(&list), [(1, Reason::Joined)]);
}

#[test]
fn a_cut_table_yields_no_wrong_name() {
    let whole = read_well(LAB);
    let longest = LAB.lines().map(|line| line.chars().count()).max().expect("lines");
    for width in 1..longest {
        let cut: Vec<String> = LAB.lines().map(|line| line.chars().take(width).collect()).collect();
        let Ok(list) = read(&cut.join("\n")) else {
            continue;
        };
        for container in &list.containers {
            let Some(name) = &container.name else {
                continue;
            };
            let right = whole.containers.iter().any(|other| other.name.as_ref() == Some(name));
            let noted = list.notes.iter().any(|note| note.line == container.line);
            assert!(right || noted, "width {width}: {name}");
        }
    }
}

#[test]
fn prompts_colours_and_line_ends_are_no_rows() {
    let dressed = format!(
        "\u{1b}]0;root@back-01\u{7}[root@back-01 express]# docker ps -a\r\n{}[root@back-01 express]# \r\n",
        LAB.replace('\n', "\r\n").replace("Up 8", "\u{1b}[32mUp\u{1b}[0m 8"),
    );
    let list = read_well(&dressed);
    assert_eq!(told(&list), told(&read_well(LAB)));
    assert_eq!(reasons(&list), [(1, Reason::Unrecognised), (9, Reason::Unrecognised)]);
}

#[test]
fn every_status_in_one_table() {
    let list = read_well(&format!(
        "{HEADER}\
d7f893067461   reg:5000/ccs/trusts:1.28.0   \"/bin/sh -c 'run'\"   2 days ago   Up 2 days (healthy)   0.0.0.0:443->443/tcp, :::443->443/tcp   cts_trusts_1
33b42b666a02   reg:5000/admin:1.39.0   \"run\"   2 days ago   Restarting (1) 22 seconds ago                   cts_admin_1
26d426f63235   bd8638c869ea   \"run\"   2 days ago   Exited (137) 18 hours ago             cts_audit_1
a5e0cd309bc8   reg:5000/kdc:1.39.0   \"run\"   2 days ago   Created             cts_kdc_1
cf11ea95ce9a   postgres:9.5.24   \"run\"   2 days ago   Up 2 days (Paused)   5432/tcp   cts_postgres_1
",
    ));
    insta::assert_snapshot!(told(&list).join("\n"), @r"
    cts_trusts_1 reg:5000/ccs/trusts:1.28.0 Up { health: Healthy, paused: false }
    cts_admin_1 reg:5000/admin:1.39.0 Restarting { code: 1 }
    cts_audit_1 bd8638c869ea Exited { code: 137 }
    cts_kdc_1 reg:5000/kdc:1.39.0 Created
    cts_postgres_1 postgres:9.5.24 Up { health: None, paused: true }
    ");
    assert_eq!(list.notes, []);
    assert_eq!(list.containers[2].image.pin(), Err(Unpinnable::ImageId));
}

#[test]
fn without_the_last_columns_the_rest_still_counts() {
    let list = read_well(
        "CONTAINER ID   IMAGE        COMMAND   CREATED      STATUS
d7f893067461   pets:1.0.0   \"run\"     2 days ago   Up 2 days (healthy)\n",
    );
    insta::assert_snapshot!(told(&list).join("\n"), @r"
    - pets:1.0.0 Up { health: Healthy, paused: false }
    ");
    assert_eq!(reasons(&list), [(2, Reason::NameMissing)]);
}

#[test]
fn names_below_a_cut_title_are_not_believed() {
    let list = read_well(
        "CONTAINER ID   IMAGE        COMMAND   CREATED      STATUS      PORTS     NA
d7f893067461   pets:1.0.0   \"run\"     2 days ago   Up 2 days             ct\n",
    );
    assert_eq!(list.containers[0].name, None);
    assert_eq!(reasons(&list), [(2, Reason::NameMissing)]);
}

#[test]
fn names_that_all_end_at_the_edge_are_doubted() {
    let list = read_well(&format!(
        "{HEADER}\
d7f893067461   reg/admin_public:1   \"run\"   2 days ago   Up 2 days             cts_admin_pub
33b42b666a02   reg/admin:1          \"run\"   2 days ago   Up 2 days             cts_admin_1
26d426f63235   reg/settings:1       \"run\"   2 days ago   Up 2 days             cts_settings_
",
    ));
    assert_eq!(reasons(&list), [(2, Reason::NameInDoubt), (4, Reason::NameInDoubt)]);
}

#[test]
fn lines_of_json() {
    let list = read_well(
        r#"{"Command":"\"run\"","ID":"d7f893067461","Image":"reg/web:1","Labels":"com.docker.compose.project=cts,com.docker.compose.service=nginx","Names":"front-door","Status":"Up 2 days"}
{"Command":"\"run\"","ID":"33b42b666a02","Image":"reg/janus:1","Labels":"com.docker.compose.project=voex,com.docker.compose.service=janus","Names":"voex_janus_1","Status":"Up 2 days"}
{"broken
"#,
    );
    let services = list.containers.iter().map(|c| c.service("cts").map(|s| s.name));
    assert_eq!(services.collect::<Vec<_>>(), [Some("nginx".to_owned()), None]);
    assert_eq!(reasons(&list), [(3, Reason::Json)]);
}

#[test]
fn no_table_is_an_error_and_an_empty_one_is_not() {
    for text in ["", "docker: command not found\n", "Usage:  docker ps [OPTIONS]\n"] {
        assert!(matches!(read(text), Err(ReadError::Missing { what: "ps-table" })), "{text}");
    }
    assert_eq!(read_well(HEADER).containers, []);
}

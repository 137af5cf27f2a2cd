//! One row of `docker ps`: from a whole line of the table, or from one JSON document.

use super::image::{ImageRef, is_hex_id};
use super::status::{Status, take_age, take_status};
use super::{ComposeLabels, Reason};

/// What one row says.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) name: Option<String>,
    pub(super) image: ImageRef,
    pub(super) status: Status,
    pub(super) compose: Option<ComposeLabels>,
}

/// Whether the line begins with a container id, as every row does.
pub(super) fn begins_row(line: &str) -> bool {
    let mut words = line.split_whitespace();
    words.next().is_some_and(is_hex_id) && words.next().is_some()
}

/// Reads a line of the table.
pub(super) fn read_line(line: &str) -> Result<Row, Reason> {
    let words: Vec<&str> = line.split_whitespace().collect();
    // The command is the only cell with quotes and may say anything, "Up 5 minutes" included.
    let before = line.rfind('"').map_or("", |quote| &line[..=quote]);
    let from = before.split_whitespace().count().max(2);
    let after = (from..words.len()).find_map(|start| {
        let words = words.get(start..)?;
        let words = words.get(take_age(words)?..)?;
        let (status, taken) = take_status(words)?;
        let name = read_tail(words.get(taken..)?)?;
        Some((status, name))
    });
    let Some((status, name)) = after else {
        let reason = if begins_row(line) { Reason::BreaksOff } else { Reason::Unrecognised };
        return Err(reason);
    };
    let image = words.get(1).and_then(|word| ImageRef::new(word));
    Ok(Row { name, image: image.ok_or(Reason::ImageUnreadable)?, status, compose: None })
}

/// The container's name in what follows STATUS: ports, name, and with `--size` a size. Nothing when
/// the words are not of that form; no name when the line ends before it.
fn read_tail(words: &[&str]) -> Option<Option<String>> {
    const PROTOCOLS: [&str; 3] = ["/tcp", "/udp", "/sctp"];
    let is_port = |word: &&&str| PROTOCOLS.iter().any(|p| word.contains(p));
    let ports = words.iter().take_while(is_port).count();
    let Some((names, size)) = words.get(ports..)?.split_first() else {
        return Some(None);
    };
    let is_size = size.first().is_none_or(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    (is_size && is_name(names)).then(|| Some(own_name(names)))
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "_.-,/".contains(c))
}

/// Legacy links put aliases like `webapp/db` beside the name.
fn own_name(names: &str) -> String {
    let own = names.split(',').find(|name| !name.contains('/') && !name.is_empty());
    own.unwrap_or(names).to_owned()
}

/// Compose ends the names it makes with a number: such a name is whole.
pub(super) fn is_numbered(name: &str) -> bool {
    let number = name.rsplit(['_', '-']).next().unwrap_or_default();
    number.len() < name.len() && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
}

#[derive(serde::Deserialize)]
struct Document {
    #[serde(rename = "Names")]
    names: String,
    #[serde(rename = "Image")]
    image: String,
    #[serde(rename = "Status")]
    status: String,
    #[serde(rename = "Labels", default)]
    labels: String,
}

/// Reads a line of `--format '{{json .}}'`.
pub(super) fn read_json(line: &str) -> Result<Row, Reason> {
    let document: Document = serde_json::from_str(line).map_err(|_| Reason::Json)?;
    let label = |key: &str| {
        let mut labels = document.labels.split(',');
        labels.find_map(|label| label.strip_prefix(key)?.strip_prefix('=')).map(str::to_owned)
    };
    let project = label("com.docker.compose.project");
    let service = label("com.docker.compose.service");
    Ok(Row {
        name: is_name(&document.names).then(|| own_name(&document.names)),
        image: ImageRef::new(&document.image).ok_or(Reason::ImageUnreadable)?,
        status: Status::read(&document.status).ok_or(Reason::StatusUnreadable)?,
        compose: project.zip(service).map(|(project, service)| ComposeLabels { project, service }),
    })
}

#[cfg(test)]
mod tests {
    use super::super::Health;
    use super::*;

    fn name(line: &str) -> Option<String> {
        read_line(line).expect("a row").name
    }

    #[test]
    fn ports_and_sizes_are_no_names() {
        let row = "d7f893067461 reg/web:1 \"run\" 2 days ago Up 2 days";
        for (tail, expected) in [
            ("cts_web_1", Some("cts_web_1")),
            ("0.0.0.0:80->80/tcp, :::80->80/tcp, 443/udp cts_web_1", Some("cts_web_1")),
            ("cts_web_1 796 B (virtual 669.2 MB)", Some("cts_web_1")),
            ("80-82/tcp cts_web_1 0B (virtual 1.24GB)", Some("cts_web_1")),
            ("redis,webapp/db", Some("redis")),
            ("webapp/db,redis", Some("redis")),
            ("443/tcp", None),
            ("", None),
        ] {
            assert_eq!(name(&format!("{row} {tail}")).as_deref(), expected, "{tail}");
        }
    }

    #[test]
    fn a_command_or_name_that_sounds_like_a_status_does_not_confuse() {
        let loud = r#"d7f893067461 reg/web:1 "echo 5 minutes ago Up 5 minutes x" 2 days ago Exited (3) 1 second ago web"#;
        let row = read_line(loud).expect("a row");
        assert_eq!(row.status, Status::Exited { code: 3 });
        assert_eq!(
            name("d7f893067461 a:1 \"x\" 2 days ago Exited (0) 2 days ago Dead").as_deref(),
            Some("Dead")
        );
    }

    #[test]
    fn an_unquoted_command_is_passed_over() {
        let row = read_line(
            "d7f893067461 redis:1 /redis-server --dir 33 minutes ago Up 33 minutes 6379/tcp redis",
        );
        assert_eq!(row.expect("a row").name.as_deref(), Some("redis"));
    }

    #[test]
    fn what_is_no_row_says_why() {
        for (line, reason) in [
            ("[root@back-01 ~]# docker ps -a", Reason::Unrecognised),
            ("2 days ago Up 2 days web", Reason::Unrecognised),
            ("d7f893067461 reg/web:1 \"run\" 2 days more Up 2 days web", Reason::BreaksOff),
            ("d7f893067461 reg/web:1 \"run\" 2 days ago Up 2 da", Reason::BreaksOff),
            ("d7f893067461 reg/web:1 \"run\" 2 days ago Up 2 days a b", Reason::BreaksOff),
            ("d7f893067461 reg/w…b:1 \"run\" 2 days ago Up 2 days web", Reason::ImageUnreadable),
        ] {
            assert_eq!(read_line(line).expect_err(line), reason, "{line}");
        }
    }

    #[test]
    fn json_has_the_labels_too() {
        let row = read_json(
            r#"{"Image":"reg/web:1","Names":"front","Status":"Up 1 second (healthy)","Labels":"a=b,com.docker.compose.project=cts,com.docker.compose.service=web"}"#,
        )
        .expect("a row");
        let labels = row.compose.expect("labels");
        assert_eq!((labels.project.as_str(), labels.service.as_str()), ("cts", "web"));
        assert_eq!(row.status, Status::Up { health: Health::Healthy, paused: false });
        assert_eq!(read_json("{\"Image\":1}").expect_err("no document"), Reason::Json);
        let odd = r#"{"Image":"reg/web:1","Names":"front","Status":"Sleeping"}"#;
        assert_eq!(read_json(odd).expect_err("no status"), Reason::StatusUnreadable);
    }
}

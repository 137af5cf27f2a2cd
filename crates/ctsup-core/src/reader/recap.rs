//! The PLAY RECAP of `ansible-playbook`: how a run ended on each host.

use super::{ReadError, terminal};

/// How a playbook ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recap {
    /// One entry a host, in the order of the text.
    pub hosts: Vec<HostRecap>,
}

/// How it ended on one host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostRecap {
    /// The host as the inventory names it.
    pub host: String,
    /// Tasks that ended well.
    pub ok: u32,
    /// Of these, tasks that changed something.
    pub changed: u32,
    /// Times that the host did not answer.
    pub unreachable: u32,
    /// Tasks that failed.
    pub failed: u32,
    /// Tasks left out; not printed before Ansible 2.8, like the two after it.
    pub skipped: Option<u32>,
    /// Failures that a rescue block took care of.
    pub rescued: Option<u32>,
    /// Failures that the playbook ignores.
    pub ignored: Option<u32>,
}

impl Recap {
    /// Whether the run did something and nothing failed. Ansible also ends well, with exit code 0,
    /// when no host matched: a recap without hosts is no success. A torn text may lack hosts:
    /// compare them with those expected.
    pub fn is_success(&self) -> bool {
        let well = |host: &HostRecap| host.failed == 0 && host.unreachable == 0;
        !self.hosts.is_empty() && self.hosts.iter().all(well)
    }
}

/// Reads the last recap of a playbook's output, or of a log file that Ansible wrote line by line.
pub fn read(text: &str) -> Result<Recap, ReadError> {
    let plain = terminal::plain(text);
    let mut last = None;
    for (line, text) in terminal::lines(&plain) {
        // `log_path` puts time, process and user before each line.
        let text = text.rsplit_once(" | ").map_or(text, |(_, text)| text);
        if text.trim_start().starts_with("PLAY RECAP *") {
            last = Some(Recap { hosts: Vec::new() });
        } else if let Some(recap) = &mut last
            && let Some((host, counts)) = text.split_once(" : ")
            && counts.contains("ok=")
        {
            let read = read_host(host.trim(), counts);
            recap.hosts.push(read.ok_or_else(|| ReadError::Malformed {
                what: "recap-line",
                line,
                text: text.to_owned(),
            })?);
        }
    }
    last.ok_or(ReadError::Missing { what: "recap" })
}

fn read_host(host: &str, counts: &str) -> Option<HostRecap> {
    let mut found = [None; 7];
    const KEYS: [&str; 7] =
        ["ok", "changed", "unreachable", "failed", "skipped", "rescued", "ignored"];
    for word in counts.split_whitespace() {
        let (key, count) = word.split_once('=')?;
        let place = KEYS.iter().position(|known| *known == key)?;
        *found.get_mut(place)? = Some(count.parse().ok()?);
    }
    let [ok, changed, unreachable, failed, skipped, rescued, ignored] = found;
    Some(HostRecap {
        host: host.to_owned(),
        ok: ok?,
        changed: changed?,
        unreachable: unreachable?,
        failed: failed?,
        skipped,
        rescued,
        ignored,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "TASK [deploy] ***\nok: [back-01]\n\n\
        PLAY RECAP *********************************************************************\n\
        back-01                    : ok=12   changed=3    unreachable=0    failed=0    skipped=2    rescued=0    ignored=1   \n\
        front-01                   : ok=4    changed=0    unreachable=0    failed=0    skipped=0    rescued=0    ignored=0   \n\n";

    #[test]
    fn a_good_end() {
        let recap = read(GOOD).expect("a recap");
        assert!(recap.is_success());
        assert_eq!(recap.hosts.len(), 2);
        let expected = HostRecap {
            host: "back-01".to_owned(),
            ok: 12,
            changed: 3,
            unreachable: 0,
            failed: 0,
            skipped: Some(2),
            rescued: Some(0),
            ignored: Some(1),
        };
        assert_eq!(recap.hosts.first(), Some(&expected));
    }

    #[test]
    fn colours_and_log_prefixes() {
        let log = "2026-11-22 10:00:00,123 p=77 u=root n=ansible | PLAY RECAP ****\r\n\
            2026-11-22 10:00:00,124 p=77 u=root n=ansible | \u{1b}[0;31mback-01\u{1b}[0m : \
            \u{1b}[0;32mok=1   \u{1b}[0m changed=0 unreachable=0 \u{1b}[0;31mfailed=1   \u{1b}[0m\r\n";
        let recap = read(log).expect("a recap");
        let host = recap.hosts.first().expect("a host");
        assert_eq!((host.host.as_str(), host.failed, host.skipped), ("back-01", 1, None));
        assert!(!recap.is_success());
    }

    #[test]
    fn an_unreachable_host_or_none_at_all_is_no_success() {
        let gone = GOOD.replace(
            "front-01                   : ok=4    changed=0    unreachable=0",
            "f : ok=0 changed=0 unreachable=1",
        );
        assert!(!read(&gone).expect("a recap").is_success());
        let none = "skipping: no hosts matched\n\nPLAY RECAP *****\n\n";
        assert!(!read(none).expect("a recap").is_success());
    }

    #[test]
    fn the_last_of_two_runs_counts() {
        let again = format!("{}{GOOD}", GOOD.replace("failed=0", "failed=1"));
        assert!(read(&again).expect("a recap").is_success());
    }

    #[test]
    fn a_cut_line_is_an_error() {
        for text in
            ["back-01 : ok=1 changed=0 unreach", "back-01 : ok=1 changed=0", "back-01 : ok=x"]
        {
            let read = read(&format!("PLAY RECAP ***\n{text}\n"));
            assert!(matches!(read, Err(ReadError::Malformed { line: 2, .. })), "{text}");
        }
        assert!(matches!(read("back-01 : ok=1"), Err(ReadError::Missing { what: "recap" })));
    }
}

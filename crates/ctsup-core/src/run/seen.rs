//! What ctsup itself says was seen, where nothing on a node printed it. In events it is a code with its
//! arguments, as everything that core says; the words are those of each reader's language.

use std::fmt;

use crate::name::NodeName;

/// Something seen that no node printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// The node booted.
    Booted(NodeName),
    /// Another job runs on the node, by its name there.
    Busy(String),
    /// Somebody changed the file between reading and writing.
    ChangedMeanwhile,
    /// The resource could not be started on the node, and Pacemaker has not forgotten it.
    FailedStart(String, String),
    /// The node answered something that no script of ours prints.
    Garbled(NodeName, String),
    /// The connection broke; what ssh said.
    Lost(NodeName, String),
    /// The commands never arrived.
    NeverArrived,
    /// A copy does not fit: bytes needed, bytes free.
    NoRoom(u64, u64),
    /// The node did not answer within so many seconds.
    NotAnswered(NodeName, u64),
    /// The lock on the node has another generation; 0 where there is none.
    NotOurs(u64),
    /// The file is no UTF-8.
    NotText,
    /// The node can't be reached: the obstacle's code, and what ssh said.
    Unreachable(NodeName, &'static str, String),
}

/// What a line begins with that is ours.
const OURS: &str = "ctsup:";

impl Seen {
    /// All codes; each has words.
    pub const CODES: [&str; 12] = [
        "booted",
        "busy",
        "changed-meanwhile",
        "failed-start",
        "garbled",
        "lost",
        "never-arrived",
        "no-room",
        "not-answered",
        "not-ours",
        "not-text",
        "unreachable",
    ];

    fn parts(&self) -> (&'static str, Vec<String>) {
        match self {
            Self::Booted(node) => ("booted", vec![node.to_string()]),
            Self::Busy(job) => ("busy", vec![job.clone()]),
            Self::ChangedMeanwhile => ("changed-meanwhile", Vec::new()),
            Self::FailedStart(resource, node) => {
                ("failed-start", vec![resource.clone(), node.clone()])
            }
            Self::Garbled(node, text) => ("garbled", vec![node.to_string(), text.clone()]),
            Self::Lost(node, text) => ("lost", vec![node.to_string(), text.clone()]),
            Self::NeverArrived => ("never-arrived", Vec::new()),
            Self::NoRoom(needed, free) => ("no-room", vec![needed.to_string(), free.to_string()]),
            Self::NotAnswered(node, seconds) => {
                ("not-answered", vec![node.to_string(), seconds.to_string()])
            }
            Self::NotOurs(generation) => ("not-ours", vec![generation.to_string()]),
            Self::NotText => ("not-text", Vec::new()),
            Self::Unreachable(node, why, text) => {
                ("unreachable", vec![node.to_string(), (*why).to_owned(), text.clone()])
            }
        }
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (code, args) = self.parts();
        write!(f, "{OURS}{code}")?;
        for arg in args {
            // Arguments end at a tab, and what was seen at the line's end.
            let one: Vec<&str> = arg.split(['\t', '\n', '\r']).collect();
            write!(f, "\t{}", one.join(" ").trim())?;
        }
        Ok(())
    }
}

/// A line's code and arguments, where it is one of ours.
#[must_use]
pub fn code_of(line: &str) -> Option<(&'static str, Vec<&str>)> {
    let mut parts = line.strip_prefix(OURS)?.split('\t');
    let code = parts.next()?;
    let code = Seen::CODES.into_iter().find(|known| *known == code)?;
    Some((code, parts.collect()))
}

#[cfg(test)]
mod tests {
    use super::{Seen, code_of};

    #[test]
    fn what_is_written_is_read_again() {
        let node = || "cts-01".parse().expect("a name");
        let all = [
            Seen::Booted(node()),
            Seen::Busy("r1/step/1.1".to_owned()),
            Seen::ChangedMeanwhile,
            Seen::FailedStart("dockerd".to_owned(), "back-02.site".to_owned()),
            Seen::Garbled(node(), "two\nlines\tand a tab".to_owned()),
            Seen::Lost(node(), String::new()),
            Seen::NeverArrived,
            Seen::NoRoom(2, 1),
            Seen::NotAnswered(node(), 20),
            Seen::NotOurs(0),
            Seen::NotText,
            Seen::Unreachable(node(), "refused", "Connection refused".to_owned()),
        ];
        assert_eq!(all.len(), Seen::CODES.len());
        for (seen, code) in all.iter().zip(Seen::CODES) {
            let text = seen.to_string();
            assert_eq!(text.lines().count(), 1, "{text:?}");
            assert_eq!(code_of(&text).map(|(code, args)| (code, args.len())), {
                Some((code, seen.parts().1.len()))
            });
        }
        assert_eq!(code_of("ctsup:elsewhere\tx"), None);
        assert_eq!(code_of("what a node printed"), None);
    }
}

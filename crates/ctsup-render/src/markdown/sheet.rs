//! A sheet of Markdown: blocks with an empty line between them, everything escaped.

/// Markdown, growing block by block.
#[derive(Debug, Default)]
pub(crate) struct Sheet {
    out: String,
}

impl Sheet {
    pub(crate) fn finish(self) -> String {
        self.out
    }

    /// A block as it is.
    pub(crate) fn block(&mut self, block: &str) {
        if block.is_empty() {
            return;
        }
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        self.out.push_str(block);
        self.out.push('\n');
    }

    /// A heading.
    pub(crate) fn heading(&mut self, level: usize, text: &str) {
        self.block(&format!("{} {}", "#".repeat(level), escaped(text)));
    }

    /// A paragraph of words.
    pub(crate) fn paragraph(&mut self, text: &str) {
        self.block(&escaped(text));
    }

    /// A paragraph behind a label.
    pub(crate) fn labelled(&mut self, label: &str, text: &str) {
        self.block(&format!("**{}** {}", escaped(label), escaped(text)));
    }

    /// A frame with a label: a hazard, a question.
    pub(crate) fn frame(&mut self, label: &str, text: &str, boxes: &[String]) {
        let mut block = format!("> **{}** {}", escaped(label), escaped(text));
        if !boxes.is_empty() {
            block.push_str("\n>");
        }
        for one in boxes {
            block.push_str(&format!("\n> - [ ] {}", escaped(one)));
        }
        self.block(&block);
    }

    /// A list, each item one paragraph of Markdown.
    pub(crate) fn list(&mut self, items: &[String]) {
        let items: Vec<_> = items.iter().map(|item| format!("- {item}")).collect();
        self.block(&items.join("\n"));
    }

    /// A table; cells are Markdown already.
    pub(crate) fn table(&mut self, head: &[&str], rows: &[Vec<String>]) {
        let line = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
        let mut lines = vec![
            line(head.iter().map(|cell| cell_of(cell)).collect()),
            line(head.iter().map(|_| "---".to_owned()).collect()),
        ];
        lines.extend(rows.iter().map(|row| line(row.iter().map(|cell| cell_of(cell)).collect())));
        self.block(&lines.join("\n"));
    }

    /// Lines in a fenced block, where there are any.
    pub(crate) fn fenced_if(&mut self, language: &str, lines: &[String]) {
        if !lines.is_empty() {
            self.block(&fenced(language, lines));
        }
    }
}

/// Text in a fenced block; the fence is longer than any run of backticks inside.
pub(crate) fn fenced(language: &str, lines: &[String]) -> String {
    let text = lines.join("\n");
    let fence = "`".repeat(longest_run(&text).max(2) + 1);
    format!("{fence}{language}\n{text}\n{fence}")
}

/// A piece of code in a line.
pub(crate) fn code(text: &str) -> String {
    let fence = "`".repeat(longest_run(text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// A cell of a table: no line end, no bar that would end it.
fn cell_of(text: &str) -> String {
    text.replace('\n', " ").replace('|', "\\|")
}

/// Words as Markdown: what it would read as marks is escaped, code between backticks stays.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (number, part) in text.split('`').enumerate() {
        let last = text.matches('`').count() == number;
        match number % 2 {
            0 => escape_into(part, out.is_empty(), &mut out),
            // An opening backtick without its partner is no code.
            _ if last => {
                out.push_str("\\`");
                escape_into(part, false, &mut out);
            }
            _ => out.push_str(&format!("`{part}`")),
        }
    }
    out
}

fn escape_into(text: &str, starts_block: bool, out: &mut String) {
    let chars: Vec<char> = text.chars().collect();
    for (at, c) in chars.iter().copied().enumerate() {
        let inside = |at: Option<usize>| {
            at.and_then(|at| chars.get(at)).is_some_and(|c| c.is_alphanumeric())
        };
        let special = match c {
            '\\' | '*' | '[' | ']' | '<' | '>' | '~' => true,
            // Within a word an underscore means nothing.
            '_' => !(inside(at.checked_sub(1)) && inside(Some(at + 1))),
            '#' | '+' | '-' | '=' => starts_block && at == 0,
            '&' => true,
            _ => false,
        };
        if special {
            out.push('\\');
        }
        out.push(if c == '\n' { ' ' } else { c });
    }
}

#[cfg(test)]
mod tests {
    use super::{code, escaped, fenced};

    #[test]
    fn words_stay_words() {
        assert_eq!(escaped("PG_VERSION in upgrade_backup_*"), "PG_VERSION in upgrade_backup\\_\\*");
        assert_eq!(escaped("run `dpl -d` <b>"), "run `dpl -d` \\<b\\>");
        assert_eq!(escaped("# one ` tick"), "\\# one \\` tick");
    }

    #[test]
    fn a_fence_is_longer_than_what_it_holds() {
        assert_eq!(fenced("sh", &["echo ```".to_owned()]), "````sh\necho ```\n````");
        assert_eq!(code("a`b"), "``a`b``");
    }
}

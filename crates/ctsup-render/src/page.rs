//! A page of text: lines, paragraphs, boxes and rules of one width.

use crate::style::{Role, Style};
use crate::wrap;

/// Text of one width, growing line by line.
pub(crate) struct Page {
    out: String,
    width: usize,
    style: Style,
}

impl Page {
    pub(crate) fn new(width: usize, style: Style) -> Self {
        // Narrower than this nothing can be laid out; a terminal that is wraps by itself.
        Self { out: String::new(), width: width.max(40), style }
    }

    pub(crate) fn finish(self) -> String {
        self.out
    }

    /// An empty line; several in a row are one.
    pub(crate) fn blank(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    fn line(&mut self, indent: usize, role: Option<Role>, text: &str) {
        let painted = role.map_or_else(|| text.to_owned(), |role| self.style.paint(role, text));
        if !text.is_empty() {
            self.out.extend(std::iter::repeat_n(' ', indent));
        }
        self.out.push_str(&painted);
        self.out.push('\n');
    }

    /// A paragraph.
    pub(crate) fn paragraph(&mut self, indent: usize, text: &str) {
        self.painted(indent, None, text);
    }

    /// A paragraph in a role.
    pub(crate) fn painted(&mut self, indent: usize, role: impl Into<Option<Role>>, text: &str) {
        let role = role.into();
        for line in wrap::paragraph(text, self.width - indent) {
            self.line(indent, role, &line);
        }
    }

    /// A line as it is.
    pub(crate) fn exactly(&mut self, indent: usize, role: Role, text: &str) {
        self.line(indent, Some(role), text);
    }

    /// A paragraph behind a label, its lines under each other.
    pub(crate) fn item(&mut self, indent: usize, label: &str, text: &str) {
        let hang = indent + wrap::columns(label) + 1;
        for (number, line) in wrap::paragraph(text, self.width - hang).iter().enumerate() {
            match number {
                0 => self.line(indent, None, &format!("{label} {line}")),
                _ => self.line(hang, None, line),
            }
        }
    }

    /// Two texts on one line, left and right; the right one on a line of its own where it does
    /// not fit.
    pub(crate) fn sides(&mut self, indent: usize, label: &str, left: &str, right: &str) {
        let hang = indent + wrap::columns(label);
        let room = self.width.saturating_sub(hang);
        let lines = wrap::paragraph(left, room);
        let last = lines.len() - 1;
        for (number, line) in lines.iter().enumerate() {
            let start = if number == 0 { label } else { "" };
            let indent = if number == 0 { indent } else { hang };
            let line_painted = self.style.paint(Role::Heading, line);
            self.out.extend(std::iter::repeat_n(' ', indent));
            self.out.push_str(&self.style.paint(Role::Heading, start));
            self.out.push_str(&line_painted);
            if number == last && !right.is_empty() {
                let used = wrap::columns(line) + wrap::columns(right);
                let right_painted = self.style.paint(Role::Faint, right);
                if used + 2 <= room {
                    self.out.extend(std::iter::repeat_n(' ', room - used));
                } else {
                    let gap = self.width.saturating_sub(wrap::columns(right));
                    self.out.push('\n');
                    self.out.extend(std::iter::repeat_n(' ', gap));
                }
                self.out.push_str(&right_painted);
            }
            self.out.push('\n');
        }
    }

    /// A command, in as many lines as it needs.
    pub(crate) fn command(&mut self, indent: usize, command: &str) {
        for line in wrap::command(command, self.width - indent) {
            self.line(indent, Some(Role::Command), &line);
        }
    }

    /// A heading with a line below it.
    pub(crate) fn heading(&mut self, text: &str) {
        self.blank();
        self.painted(0, Role::Heading, text);
        let rule = "\u{2500}".repeat(self.width);
        self.line(0, Some(Role::Faint), &rule);
    }

    /// A text across the page: something begins or ends here.
    pub(crate) fn mark(&mut self, indent: usize, role: Role, text: &str) {
        let lines = wrap::paragraph(text, self.width - indent - 6);
        let last = lines.len() - 1;
        for (number, line) in lines.iter().enumerate() {
            let start = if number == 0 { "\u{2500}\u{2500}" } else { "  " };
            let used = indent + 2 + 1 + wrap::columns(line) + 1;
            let rest = if number == last { self.width.saturating_sub(used) } else { 0 };
            let line = format!("{start} {line} {}", "\u{2500}".repeat(rest));
            self.line(indent, Some(role), line.trim_end());
        }
    }

    /// A line across the page that nobody can overlook.
    pub(crate) fn rule(&mut self, role: Role, label: &str) {
        let label = format!("\u{2550}\u{2550}\u{2550} {label} ");
        let rest = self.width.saturating_sub(wrap::columns(&label));
        self.line(0, Some(role), &format!("{label}{}", "\u{2550}".repeat(rest)));
    }

    /// A box with a label in its upper edge.
    pub(crate) fn boxed(&mut self, indent: usize, role: Role, label: &str, text: &str) {
        let inner = self.width - indent - 4;
        let top = format!("\u{250c}\u{2500} {label} ");
        let rest = (inner + 3).saturating_sub(wrap::columns(&top));
        self.line(indent, Some(role), &format!("{top}{}\u{2510}", "\u{2500}".repeat(rest)));
        for line in wrap::paragraph(text, inner) {
            let gap = " ".repeat(inner.saturating_sub(wrap::columns(&line)));
            self.line(indent, Some(role), &format!("\u{2502} {line}{gap} \u{2502}"));
        }
        let bottom = "\u{2500}".repeat(inner + 2);
        self.line(indent, Some(role), &format!("\u{2514}{bottom}\u{2518}"));
    }
}

//! Rows of help, what is typed and what it does, on a terminal of 80 columns.

/// The columns that help keeps to, on wide terminals too: so it is read best.
pub(super) const WIDTH: usize = 80;

/// The column up to which explanations stand beside what they explain.
const BESIDE: usize = 40;

/// Rows under a heading: each indented by two; explanations side by side where all of them fit, else
/// wrapped, and below where what is typed is long. They begin at `least` columns from the left, or
/// further right.
pub(super) fn fitted(block: &str, least: usize) -> String {
    let rows: Vec<_> = block.lines().map(parts).collect();
    let long = |(typed, about): &(&str, &str)| {
        if about.is_empty() { 0 } else { 2 + width(typed) + 2 }
    };
    let column = rows.iter().map(long).max().unwrap_or(0).max(least);
    let fits = rows.iter().all(|(_, about)| column + width(about) <= WIDTH);
    let mut lines = Vec::new();
    for (typed, about) in rows {
        if about.is_empty() {
            lines.push(format!("  {typed}"));
        } else if fits || column <= BESIDE {
            let mut wrapped = wrap(about, WIDTH - column).into_iter();
            let first = wrapped.next().unwrap_or_default();
            lines.push(format!("{:<column$}{first}", format!("  {typed}")));
            lines.extend(wrapped.map(|line| format!("{:column$}{line}", "")));
        } else {
            lines.push(format!("  {typed}"));
            lines.extend(wrap(about, WIDTH - 6).into_iter().map(|line| format!("      {line}")));
        }
    }
    lines.join("\n")
}

/// What is typed, and after two spaces or more what it does.
fn parts(row: &str) -> (&str, &str) {
    row.split_once("  ").map_or((row, ""), |(typed, about)| (typed, about.trim_start()))
}

fn width(text: &str) -> usize {
    text.chars().count()
}

fn wrap(text: &str, most: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("one is always there");
        if line.is_empty() {
            line.push_str(word);
        } else if width(line) + 1 + width(word) <= most {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::fitted;

    #[test]
    fn explanations_stand_beside_wrapped_or_below() {
        assert_eq!(fitted("a     one\nlonger  two", 0), "  a       one\n  longer  two");
        let about = "word ".repeat(20);
        let beside = fitted(&format!("run  {}", about.trim_end()), 0);
        assert!(beside.starts_with("  run  word") && beside.contains("\n       word"), "{beside}");
        let typed = "ctsup plan site.toml --goal rollback --at back-02/express/deploy";
        let below = fitted(&format!("{typed}  the way back\nctsup  {}", about.trim_end()), 0);
        assert!(below.starts_with(&format!("  {typed}\n      the way back\n")), "{below}");
        assert!(below.lines().all(|line| line.len() <= super::WIDTH), "{below}");
    }
}

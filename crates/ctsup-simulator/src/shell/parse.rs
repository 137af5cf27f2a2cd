//! Text of a shell into lists of commands.

/// Commands with what stands between them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct List {
    pub(super) items: Vec<(Joint, Pipeline)>,
}

/// When a pipeline runs, seen from the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joint {
    Always,
    And,
    Or,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pipeline {
    pub(super) negated: bool,
    pub(super) commands: Vec<Command>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Command {
    pub(super) body: Body,
    pub(super) redirections: Vec<Redirection>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Body {
    Simple { assignments: Vec<(String, Word)>, words: Vec<Word> },
    Subshell(List),
    Group(List),
    If { condition: List, then: List },
    For { name: String, words: Vec<Word>, each: List },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Redirection {
    pub(super) from: u8,
    pub(super) to: Target,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    Read(Word),
    Write(Word),
    Append(Word),
    Stream(u8),
}

pub(super) type Word = Vec<Part>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    Text { text: String, quoted: bool },
    Variable { name: String, quoted: bool },
    Output { list: List, quoted: bool },
    Process(List),
}

pub(super) fn parse(text: &str) -> Result<List, String> {
    let mut parser = Parser { text: text.chars().collect(), at: 0 };
    let list = parser.list(None)?;
    Ok(list)
}

struct Parser {
    text: Vec<char>,
    at: usize,
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn ahead(&self, what: &str) -> bool {
        what.chars().enumerate().all(|(i, c)| self.text.get(self.at + i) == Some(&c))
    }

    fn take(&mut self, what: &str) -> bool {
        let is = self.ahead(what);
        if is {
            self.at += what.chars().count();
        }
        is
    }

    fn blanks(&mut self) {
        loop {
            match self.peek() {
                Some(' ' | '\t') => self.at += 1,
                Some('\\') if self.text.get(self.at + 1) == Some(&'\n') => self.at += 2,
                Some('#') => {
                    while self.peek().is_some_and(|c| c != '\n') {
                        self.at += 1;
                    }
                }
                _ => return,
            }
        }
    }

    fn list(&mut self, end: Option<char>) -> Result<List, String> {
        let mut list = List::default();
        let mut joint = Joint::Always;
        loop {
            self.blanks();
            while joint == Joint::Always && matches!(self.peek(), Some('\n' | ';')) {
                self.at += 1;
                self.blanks();
            }
            match self.peek() {
                None if end.is_none() => return Ok(list),
                None => return Err("unexpected end".to_owned()),
                c if c == end => {
                    self.at += 1;
                    return Ok(list);
                }
                _ => {}
            }
            list.items.push((joint, self.pipeline()?));
            self.blanks();
            joint = if self.take("&&") {
                Joint::And
            } else if self.take("||") {
                Joint::Or
            } else if self.peek().is_none()
                || self.peek() == end
                || matches!(self.peek(), Some(';' | '\n'))
            {
                Joint::Always
            } else {
                return Err(format!("unexpected `{}`", self.peek().unwrap_or(' ')));
            };
        }
    }

    fn pipeline(&mut self) -> Result<Pipeline, String> {
        let mut commands = Vec::new();
        self.blanks();
        let negated = self.ahead("! ") && self.take("!");
        loop {
            self.blanks();
            commands.push(self.command()?);
            self.blanks();
            if self.ahead("||") || !self.take("|") {
                return Ok(Pipeline { negated, commands });
            }
        }
    }

    fn command(&mut self) -> Result<Command, String> {
        let mut redirections = Vec::new();
        let body = if self.take("(") {
            Some(Body::Subshell(self.list(Some(')'))?))
        } else if self.take("{ ") {
            Some(Body::Group(self.list(Some('}'))?))
        } else if self.take("if ") {
            let condition = self.words_until("then")?;
            let then = self.words_until("fi")?;
            Some(Body::If { condition, then })
        } else if self.take("for ") {
            Some(self.each()?)
        } else {
            None
        };
        let (mut assignments, mut words) = (Vec::new(), Vec::new());
        loop {
            self.blanks();
            if let Some(redirection) = self.redirection()? {
                redirections.push(redirection);
                continue;
            }
            match self.peek() {
                None | Some('\n' | ';' | '&' | '|' | ')' | '(') => break,
                Some('}') if body.is_none() && words.is_empty() => break,
                _ if body.is_some() => return Err("a word behind a group".to_owned()),
                _ => {}
            }
            if words.is_empty()
                && let Some(name) = self.assignment()
            {
                assignments.push((name, self.word()?));
                continue;
            }
            words.push(self.word()?);
        }
        let body = body.unwrap_or(Body::Simple { assignments, words });
        if matches!(&body, Body::Simple { assignments, words } if assignments.is_empty() && words.is_empty() && redirections.is_empty())
        {
            return Err("an empty command".to_owned());
        }
        Ok(Command { body, redirections })
    }

    /// The list up to a closing word: conditions are not nested here.
    fn words_until(&mut self, word: &str) -> Result<List, String> {
        let rest: String = self.text[self.at..].iter().collect();
        let ends = ["; ", "\n", ";"].map(|joint| rest.find(&format!("{joint}{word}")));
        let end = ends.into_iter().flatten().min().ok_or(format!("no `{word}`"))?;
        let list = parse(&rest[..end])?;
        self.at += rest[..end].chars().count();
        while matches!(self.peek(), Some(' ' | ';' | '\n')) {
            self.at += 1;
        }
        self.take(word);
        Ok(list)
    }

    /// `NAME in WORDS; do LIST; done` behind `for`.
    fn each(&mut self) -> Result<Body, String> {
        let from = self.at;
        while self.peek().is_some_and(|c| c.is_ascii_alphanumeric() || c == '_') {
            self.at += 1;
        }
        let name = self.text[from..self.at].iter().collect();
        if !self.take(" in ") {
            return Err("no `in`".to_owned());
        }
        let mut words = Vec::new();
        loop {
            self.blanks();
            if self.take("; do ") {
                break;
            }
            match self.peek() {
                None | Some('\n' | ';' | '&' | '|' | ')' | '(') => return Err("no `do`".to_owned()),
                _ => words.push(self.word()?),
            }
        }
        let each = self.words_until("done")?;
        Ok(Body::For { name, words, each })
    }

    /// `NAME=` in front of a command.
    fn assignment(&mut self) -> Option<String> {
        let mut end = self.at;
        while self.text.get(end).is_some_and(|c| c.is_ascii_alphanumeric() || *c == '_') {
            end += 1;
        }
        let named = end > self.at && !self.text[self.at].is_ascii_digit();
        if !named || self.text.get(end) != Some(&'=') {
            return None;
        }
        let name = self.text[self.at..end].iter().collect();
        self.at = end + 1;
        Some(name)
    }

    fn redirection(&mut self) -> Result<Option<Redirection>, String> {
        // `<(` begins a word, not a redirection.
        if self.ahead("<(") {
            return Ok(None);
        }
        let from = match self.peek() {
            Some(c @ ('0'..='2')) if matches!(self.text.get(self.at + 1), Some('>' | '<')) => {
                self.at += 1;
                c as u8 - b'0'
            }
            Some('>') => 1,
            Some('<') => 0,
            _ => return Ok(None),
        };
        let append = self.take(">>");
        let write = append || self.take(">");
        if !write {
            self.take("<");
        }
        if write && self.take("&") {
            let stream = self.peek().and_then(|c| c.to_digit(10)).ok_or("a stream's number")?;
            self.at += 1;
            let stream = u8::try_from(stream).unwrap_or(1);
            return Ok(Some(Redirection { from, to: Target::Stream(stream) }));
        }
        self.blanks();
        let word = self.word()?;
        let to = match (append, write) {
            (true, _) => Target::Append(word),
            (_, true) => Target::Write(word),
            _ => Target::Read(word),
        };
        Ok(Some(Redirection { from, to }))
    }

    fn word(&mut self) -> Result<Word, String> {
        let mut word = Word::new();
        let mut plain = String::new();
        while let Some(c) = self.peek() {
            match c {
                ' ' | '\t' | '\n' | ';' | '&' | '|' | ')' | '>' => break,
                '<' if self.ahead("<(") => {
                    self.at += 2;
                    flush(&mut word, &mut plain, false);
                    word.push(Part::Process(self.list(Some(')'))?));
                    continue;
                }
                '<' | '(' => break,
                '\\' => {
                    self.at += 1;
                    let c = self.peek().ok_or("a backslash at the end")?;
                    flush(&mut word, &mut plain, false);
                    word.push(Part::Text { text: c.to_string(), quoted: true });
                }
                '\'' => {
                    self.at += 1;
                    flush(&mut word, &mut plain, false);
                    let from = self.at;
                    while self.peek().ok_or("an open quote")? != '\'' {
                        self.at += 1;
                    }
                    let text = self.text[from..self.at].iter().collect();
                    word.push(Part::Text { text, quoted: true });
                }
                '"' => {
                    self.at += 1;
                    flush(&mut word, &mut plain, false);
                    self.double_quoted(&mut word)?;
                }
                '$' => {
                    flush(&mut word, &mut plain, false);
                    self.dollar(&mut word, false)?;
                    continue;
                }
                c => plain.push(c),
            }
            self.at += 1;
        }
        flush(&mut word, &mut plain, false);
        Ok(word)
    }

    fn double_quoted(&mut self, word: &mut Word) -> Result<(), String> {
        let mut plain = String::new();
        word.push(Part::Text { text: String::new(), quoted: true });
        loop {
            match self.peek().ok_or("an open quote")? {
                '"' => break,
                '\\' if matches!(self.text.get(self.at + 1), Some('"' | '\\' | '$' | '`')) => {
                    self.at += 1;
                    plain.push(self.text[self.at]);
                }
                '$' => {
                    flush(word, &mut plain, true);
                    self.dollar(word, true)?;
                    continue;
                }
                c => plain.push(c),
            }
            self.at += 1;
        }
        flush(word, &mut plain, true);
        Ok(())
    }

    fn dollar(&mut self, word: &mut Word, quoted: bool) -> Result<(), String> {
        self.at += 1;
        if self.take("(") {
            word.push(Part::Output { list: self.list(Some(')'))?, quoted });
            return Ok(());
        }
        let braced = self.take("{");
        let from = self.at;
        while self.peek().is_some_and(|c| c.is_ascii_alphanumeric() || c == '_') {
            self.at += 1;
        }
        if from == self.at {
            self.take("?");
        }
        let name: String = self.text[from..self.at].iter().collect();
        if braced && !self.take("}") {
            return Err("an expansion of a form not known here".to_owned());
        }
        if name.is_empty() {
            word.push(Part::Text { text: "$".to_owned(), quoted: true });
        } else {
            word.push(Part::Variable { name, quoted });
        }
        Ok(())
    }
}

fn flush(word: &mut Word, plain: &mut String, quoted: bool) {
    if !plain.is_empty() {
        word.push(Part::Text { text: std::mem::take(plain), quoted });
    }
}

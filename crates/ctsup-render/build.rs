//! Compares the languages message by message: what one lacks, or fills with other arguments, or
//! has twice, fails the build with a list of all of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser;

const LANGUAGES: [&str; 2] = ["en", "ru"];

/// The arguments of each message and attribute of a language, with the file that has it.
type Messages = BTreeMap<String, (String, BTreeSet<String>)>;

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=src/words");
    let mut wrong = Vec::new();
    let [first, second] =
        LANGUAGES.map(|lang| (lang, read(&Path::new("src/words").join(lang), &mut wrong)));
    lacks(&first, &second, &mut wrong);
    lacks(&second, &first, &mut wrong);
    for (id, (file, args)) in &first.1 {
        if let Some((_, others)) = second.1.get(id)
            && args != others
        {
            wrong.push(format!(
                "{file}: {id} is filled with {args:?} in {}, with {others:?} in {}",
                first.0, second.0
            ));
        }
    }
    for line in &wrong {
        println!("cargo::error={line}");
    }
    if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What one language has and the other has not, file by file.
fn lacks(one: &(&str, Messages), other: &(&str, Messages), wrong: &mut Vec<String>) {
    for (id, (file, _)) in &one.1 {
        match other.1.get(id) {
            None => wrong.push(format!("{file}: {id} is in {}, not in {}", one.0, other.0)),
            Some((there, _)) if there != file => {
                wrong.push(format!("{id} is in {file} in {}, in {there} in {}", one.0, other.0));
            }
            Some(_) => {}
        }
    }
}

/// All messages of a language's directory.
fn read(dir: &Path, wrong: &mut Vec<String>) -> Messages {
    let mut found = Messages::new();
    let mut paths: Vec<_> = fs::read_dir(dir)
        .expect("each language has a directory")
        .map(|entry| entry.expect("the directory can be read").path())
        .collect();
    paths.sort();
    for path in paths {
        let text = fs::read_to_string(&path).expect("a file of words can be read");
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let resource = parser::parse(text.as_str()).unwrap_or_else(|(resource, errors)| {
            for error in errors {
                let line = text[..error.pos.start.min(text.len())].matches('\n').count() + 1;
                wrong.push(format!("{}:{line}: {error}", path.display()));
            }
            resource
        });
        for entry in &resource.body {
            let (id, value, attributes) = match entry {
                Entry::Message(m) => (m.id.name.to_owned(), m.value.as_ref(), &m.attributes),
                // Terms are a language's own: what one needs, the other may not.
                Entry::Term(_) | Entry::Comment(_) => continue,
                Entry::GroupComment(_) | Entry::ResourceComment(_) => continue,
                Entry::Junk { .. } => continue,
            };
            let parts = value
                .map(|value| (id.clone(), value))
                .into_iter()
                .chain(attributes.iter().map(|a| (format!("{id}.{}", a.id.name), &a.value)));
            for (name, pattern) in parts {
                let mut args = BTreeSet::new();
                variables(pattern, &mut args);
                if let Some((before, _)) = found.insert(name.clone(), (file.clone(), args)) {
                    wrong.push(format!("{}: {name} is already in {before}", path.display()));
                }
            }
        }
    }
    found
}

/// The variables that a pattern is filled with.
fn variables(pattern: &Pattern<&str>, into: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            of_expression(expression, into);
        }
    }
}

fn of_expression(expression: &Expression<&str>, into: &mut BTreeSet<String>) {
    match expression {
        Expression::Inline(inline) => of_inline(inline, into),
        Expression::Select { selector, variants } => {
            of_inline(selector, into);
            for variant in variants {
                variables(&variant.value, into);
            }
        }
    }
}

fn of_inline(inline: &InlineExpression<&str>, into: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            into.insert(id.name.to_owned());
        }
        InlineExpression::Placeable { expression } => of_expression(expression, into),
        InlineExpression::FunctionReference { arguments, .. }
        | InlineExpression::TermReference { arguments: Some(arguments), .. } => {
            for positional in &arguments.positional {
                of_inline(positional, into);
            }
            for named in &arguments.named {
                of_inline(&named.value, into);
            }
        }
        _ => {}
    }
}

//! Command lines that cannot be followed: exit 64, a sentence of ours, nothing on standard output.

use crate::harness::ctsup;

const WRONG: [&str; 17] = [
    "plna",
    "--colour",
    "check",
    "check --fromat json site.toml",
    "check --format xml site.toml",
    "check --format",
    "check one.toml two.toml",
    "plan site.toml --goal upgrde",
    "plan site.toml --locked plan.json -o other.json",
    "plan site.toml --facts - --catalog -",
    "plan examples/single.toml --image-list current_version.txt",
    "plan examples/single.toml --image-list -x=current_version.txt",
    "plan --goal upgrade --goal rollback site.toml",
    "init",
    "init cluster",
    "cert server.crt server.key",
    "cert server.crt server.key --host express.example.org --at tomorrow",
];

fn said(lang: &str) -> String {
    let mut text = String::new();
    for line in WRONG {
        let ran = ctsup(&format!("{line} --lang {lang}"));
        assert_eq!((ran.exit, ran.stdout.as_str()), (64, ""), "{line}: {}", ran.stderr);
        text.push_str(&format!("$ ctsup {line}\n{}\n", ran.stderr));
    }
    text
}

#[test]
fn in_english() {
    insta::assert_snapshot!(said("en"), @r#"
    $ ctsup plna
    error: there is no command plna
    help: did you mean plan?
    help: more: ctsup --help

    $ ctsup --colour
    error: there is no option --colour here
    help: did you mean --color?
    help: more: ctsup --help

    $ ctsup check
    error: missing: FILE
    help: more: ctsup check --help

    $ ctsup check --fromat json site.toml
    error: there is no option --fromat here
    help: did you mean --format?
    help: more: ctsup check --help

    $ ctsup check --format xml site.toml
    error: --format cannot be xml; it can be: text, lines, json
    help: more: ctsup check --help

    $ ctsup check --format
    error: --format needs a value
    help: more: ctsup check --help

    $ ctsup check one.toml two.toml
    error: one argument too many: two.toml
    help: more: ctsup check --help

    $ ctsup plan site.toml --goal upgrde
    error: --goal cannot be upgrde; it can be: upgrade, rollback, certificate, postgres, web-client, registry, cleanup
    help: did you mean upgrade?
    help: more: ctsup plan --help

    $ ctsup plan site.toml --locked plan.json -o other.json
    error: --locked and --output exclude each other
    help: more: ctsup plan --help

    $ ctsup plan site.toml --facts - --catalog -
    error: only one file can be read from standard input

    $ ctsup plan examples/single.toml --image-list current_version.txt
    error: --image-list wants NODE=FILE, not current_version.txt

    $ ctsup plan examples/single.toml --image-list -x=current_version.txt
    error: there is no option -x here
    help: more: ctsup plan --help

    $ ctsup plan --goal upgrade --goal rollback site.toml
    error: --goal is given twice
    help: more: ctsup plan --help

    $ ctsup init
    error: missing: KIND
    help: more: ctsup init --help

    $ ctsup init cluster
    error: KIND cannot be cluster; it can be: single, split, ha
    help: more: ctsup init --help

    $ ctsup cert server.crt server.key
    error: missing: --host FQDN
    help: more: ctsup cert --help

    $ ctsup cert server.crt server.key --host express.example.org --at tomorrow
    error: --at wants a date, 2026-12-31, or a moment in UTC, 2026-12-31T08:00:00Z, not tomorrow
    "#);
}

#[test]
fn in_russian() {
    insta::assert_snapshot!(said("ru"), @r#"
    $ ctsup plna
    ошибка: команды plna нет
    выход: может быть, plan?
    выход: подробнее: ctsup --help

    $ ctsup --colour
    ошибка: параметра --colour здесь нет
    выход: может быть, --color?
    выход: подробнее: ctsup --help

    $ ctsup check
    ошибка: не хватает: ФАЙЛ
    выход: подробнее: ctsup check --help

    $ ctsup check --fromat json site.toml
    ошибка: параметра --fromat здесь нет
    выход: может быть, --format?
    выход: подробнее: ctsup check --help

    $ ctsup check --format xml site.toml
    ошибка: --format не может быть xml; может быть: text, lines, json
    выход: подробнее: ctsup check --help

    $ ctsup check --format
    ошибка: у --format должно быть значение
    выход: подробнее: ctsup check --help

    $ ctsup check one.toml two.toml
    ошибка: лишний аргумент: two.toml
    выход: подробнее: ctsup check --help

    $ ctsup plan site.toml --goal upgrde
    ошибка: --goal не может быть upgrde; может быть: upgrade, rollback, certificate, postgres, web-client, registry, cleanup
    выход: может быть, upgrade?
    выход: подробнее: ctsup plan --help

    $ ctsup plan site.toml --locked plan.json -o other.json
    ошибка: --locked и --output исключают друг друга
    выход: подробнее: ctsup plan --help

    $ ctsup plan site.toml --facts - --catalog -
    ошибка: из стандартного ввода читается только один файл

    $ ctsup plan examples/single.toml --image-list current_version.txt
    ошибка: --image-list — это УЗЕЛ=ФАЙЛ, а не current_version.txt

    $ ctsup plan examples/single.toml --image-list -x=current_version.txt
    ошибка: параметра -x здесь нет
    выход: подробнее: ctsup plan --help

    $ ctsup plan --goal upgrade --goal rollback site.toml
    ошибка: --goal указан дважды
    выход: подробнее: ctsup plan --help

    $ ctsup init
    ошибка: не хватает: УСТАНОВКА
    выход: подробнее: ctsup init --help

    $ ctsup init cluster
    ошибка: УСТАНОВКА не может быть cluster; может быть: single, split, ha
    выход: подробнее: ctsup init --help

    $ ctsup cert server.crt server.key
    ошибка: не хватает: --host FQDN
    выход: подробнее: ctsup cert --help

    $ ctsup cert server.crt server.key --host express.example.org --at tomorrow
    ошибка: --at — это дата, 2026-12-31, или момент по UTC, 2026-12-31T08:00:00Z, а не tomorrow
    "#);
}

#[test]
fn the_bare_name_shows_help_where_errors_go() {
    let ran = ctsup("");
    assert_eq!((ran.exit, ran.stdout.as_str()), (64, ""));
    assert_eq!(ran.stderr, ctsup("--help").stdout);
}

#[test]
fn a_wrong_language_is_a_wrong_value() {
    let ran = ctsup("check site.toml --lang de");
    assert_eq!(ran.exit, 64);
    assert!(ran.stderr.contains("--lang cannot be de; it can be: en, ru"), "{}", ran.stderr);
}

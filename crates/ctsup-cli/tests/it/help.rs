//! Help and manual pages: all of it in one language, and every command in it.

use crate::harness::{ctsup, run};

/// The commands that the program's own help names.
fn commands() -> Vec<String> {
    let help = ctsup("--help").stdout;
    let names = help.lines().filter_map(|line| {
        let name = line.strip_prefix("  ")?.split("  ").next()?;
        let plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        plain.then(|| name.to_owned())
    });
    let names: Vec<_> = names.filter(|name| name != "help").collect();
    assert!(names.len() > 18 && names.iter().any(|name| name == "prove"), "{names:?}");
    names
}

#[test]
fn help_as_a_command() {
    assert_eq!(ctsup("help"), ctsup("--help"));
    assert_eq!(ctsup("help plan"), ctsup("plan --help"));
    assert_eq!(ctsup("help dance").exit, 64);
}

#[test]
fn help_fits_a_terminal_of_80_columns() {
    for lang in ["en", "ru"] {
        for command in std::iter::once(String::new()).chain(commands()) {
            let help = ctsup(&format!("{command} --help --lang {lang}")).stdout;
            let wide: Vec<_> = help.lines().filter(|line| line.chars().count() > 80).collect();
            assert!(wide.is_empty(), "{command} {lang}: {wide:#?}");
        }
    }
}

#[test]
fn of_two_plans_the_one_before_comes_first() {
    let help = ctsup("diff --help").stdout;
    let at = |text: &str| help.find(text).unwrap_or_else(|| panic!("{text}: {help}"));
    assert!(at("The plan before") < at("The plan after"));
}

#[test]
fn manual_pages_say_how_it_ends() {
    for page in ["man", "man plan"] {
        let text = ctsup(page).stdout;
        assert!(text.contains(".SH \"EXIT STATUS\"") && text.contains(".SH ENVIRONMENT"), "{text}");
        assert!(!ctsup(&format!("{page} --lang ru")).stdout.contains("VERSION"), "{page}");
    }
}

#[test]
fn help_of_the_program() {
    insta::assert_snapshot!(ctsup("--help").transcript(), @r#"
    --- stdout
    Plans upgrades of eXpress corporate servers (CTS): you describe the installation
    in a file, and read, compare and keep the plan, each step with its commands, its
    reason and its place in the vendor's guide. Planning and rehearsing touch no
    server. An approved plan is carried out over ssh, and nothing is lost, whatever
    dies on the way.

    Usage:
      ctsup COMMAND …

    Start here:
      ctsup init ha > site.toml  a file that describes your servers, with comments
      ctsup check site.toml      all that is wrong or missing in it
      ctsup plan site.toml       the plan, to be read
      ctsup rehearse site.toml   the whole night on hosts that are not there
      ctsup COMMAND --help       more about a command

    Describe an installation:
      init          Write a commented topology file to start from
      check         Say all that is wrong or missing in a topology file, without a
                    plan
      observe       Log in to every server, change nothing, and read the facts that
                    they tell

    Plan:
      plan          Make the plan: all steps, in order, with their reasons
      diff          Compare two plans: steps, order, what they rest on
      explain       Say of one step: why it is there, why then, who says so, what if
                    it fails
      prove         Prove a plan: every order of steps, every single fault, ways
                    back, time that users miss

    Rehearse and run:
      rehearse      Rehearse the run on hosts that are not there, in seconds;
                    nothing is touched
      run           Carry an approved plan out on the servers
      status        Say how a run stands, without touching a server
      confirm       Answer a run that waits for a person
      attach        Sit down at the terminal of a playbook that waits for a person
      resume        Go on with a run, after whatever stopped it
      abort         Give a run up: settings, locks and antivirus go back, services
                    are left to a person
      runs          List the runs that are kept here

    Around it:
      cert          Check a certificate and its key against the guide's
                    requirements, before they are put in place
      schema        Print the JSON Schema of a file format, for editors and CI
      completions   Print completions for a shell
      man           Print the manual page, of the program or of one command

    Everywhere:
          --color <WHEN>       Colours: auto, always or never
          --lang <LANGUAGE>    Language of everything that people read: ru or en
          --messages <FORMAT>  How findings are written: text, lines
                               (file:line:column: code: text) or json
      -h, --help               Show this help
      -V, --version            Show the version

    Exit code:
      0    done; nothing to do counts as done
      1    errors in the input, or facts are missing
      2    plans differ (diff, plan --locked)
      3    refused by a rule of the guide
      4    a plan is refuted by its proof (prove, plan -o), or breaks a rule (plan)
      5    a run stopped, and changes were made: what is left is printed
      6    a run waits for a person
      7    somebody else has the installation, or the run
      8    the plan was not approved, or has another digest
      64   the command line is wrong
      130  stopped by Ctrl-C; 143: by TERM

    Environment:
      CTSUP_LANG                 language, as --lang
      LC_ALL, LC_MESSAGES, LANG  language where neither is given: ru… is Russian,
                                 all else English
      NO_COLOR, CLICOLOR_FORCE   never colours, always colours
    --- exit 0
    "#);
}

#[test]
fn help_of_a_command() {
    insta::assert_snapshot!(ctsup("plan -h --lang ru").transcript(), @r#"
    --- stdout
    Составить план: все шаги по порядку, с причинами

    Вызов:
      ctsup plan ФАЙЛ [параметры]

    Примеры:
      ctsup plan site.toml
          прочитать в терминале
      ctsup plan site.toml -o plan.json
          сохранить; вид по окончанию: .json .md .dot .mmd .txt
      ctsup plan site.toml --format markdown --lang ru
          инструкция для печати
      ctsup plan site.toml --facts facts.toml
          факты в отдельном файле
      ctsup plan site.toml --locked plan.json
          тот ли еще план, о котором договорились?
      ctsup plan site.toml --goal rollback
          путь назад
      ctsup plan site.toml --goal rollback --at back-02/express/deploy
          путь назад из этого места

    С чем работает:
      <ФАЙЛ>  Файл топологии; - читает стандартный ввод

    Что известно:
          --goal <ЦЕЛЬ>             Для чего план: upgrade (если не сказано иначе),
                                    rollback, certificate, postgres, web-client,
                                    registry или cleanup
          --facts <ФАЙЛ>            Файл с фактами, такими же, как под [facts] в
                                    файле топологии
          --catalog <ФАЙЛ>          Файл с данными о версиях вместо встроенного
          --image-list <УЗЕЛ=ФАЙЛ>  Вывод docker ps -a, сохраненный на узле; можно
                                    назвать для нескольких узлов
          --from-run <ВЫПОЛНЕНИЕ>   Планировать из того, как обстоят дела с этим
                                    выполнением; факты из --facts прочитаны позже и
                                    важнее

    Что получится:
          --format <ВИД>   Вид: text, markdown, json, dot или mermaid; с -o — по
                           окончанию файла
      -o, --output <ФАЙЛ>  Файл, в который писать; заменяется только целым планом
          --locked <ПЛАН>  Сравнить с этим планом, сохраненным как JSON, и ничего не
                           писать
          --at <ШАГ>       Путь назад из середины обновления: последний выполненный
                           шаг; с --goal rollback
          --unproven       Сохранить и без доказательства: план будет помечен, и
                           запуск об этом скажет

    Как выполнять:
          --runs <КАТАЛОГ>  Каталог, где хранятся выполнения, вместо ctsup/runs в
                            XDG_STATE_HOME или ~/.local/state

    Везде:
          --color <КОГДА>   Цвет: auto, always или never
          --lang <ЯЗЫК>     Язык всего, что читают люди: ru или en
          --messages <ВИД>  Вид замечаний: text, lines (файл:строка:столбец: код:
                            текст) или json
      -h, --help            Показать эту справку
    --- exit 0
    "#);
}

#[test]
fn help_is_whole_in_both_languages() {
    for lang in ["en", "ru"] {
        for command in commands() {
            let ran = ctsup(&format!("{command} --help --lang {lang}"));
            assert_eq!((ran.exit, ran.stderr.as_str()), (0, ""), "{command}");
            assert!(!ran.stdout.contains("{help"), "{command} {lang}: {}", ran.stdout);
            // What clap itself would say is English.
            let theirs = ["Usage:", "Options:", "Arguments:", "possible values", "default:"];
            let foreign = theirs.iter().find(|part| lang == "ru" && ran.stdout.contains(**part));
            assert_eq!(foreign, None, "{command}: {}", ran.stdout);
        }
    }
}

#[test]
fn the_language_comes_from_where_it_should() {
    let russian = |line: &str, env: &[(&str, &str)]| {
        run(line, env, None).stdout.contains("Планирует обновление")
    };
    assert!(russian("--help", &[("LANG", "ru_RU.UTF-8")]));
    assert!(russian("--help", &[("LANG", "ru_RU.UTF-8"), ("CTSUP_LANG", "ru")]));
    assert!(!russian("--help", &[("LANG", "ru_RU.UTF-8"), ("LC_ALL", "C")]));
    assert!(!russian("--help --lang en", &[("CTSUP_LANG", "ru")]));
    assert!(russian("--lang=ru --help", &[]));
}

#[test]
fn nothing_is_coloured_in_a_pipe_unless_asked() {
    let colored = |line: &str, env: &[(&str, &str)]| run(line, env, None).stdout.contains('\u{1b}');
    assert!(!colored("check fixtures/invalid/syntax.toml", &[]));
    assert!(colored("check fixtures/invalid/syntax.toml --color always", &[]));
    assert!(colored("check fixtures/invalid/syntax.toml", &[("CLICOLOR_FORCE", "1")]));
    assert!(!colored("plan examples/ha.toml --color never", &[("CLICOLOR_FORCE", "1")]));
    assert!(!colored("plan examples/ha.toml", &[("NO_COLOR", "1")]));
}

#[test]
fn manual_pages() {
    for lang in ["en", "ru"] {
        let page = ctsup(&format!("man --lang {lang}"));
        assert_eq!((page.exit, page.stderr.as_str()), (0, ""));
        assert!(page.stdout.contains(".TH"), "{}", page.stdout);
        let own = ctsup(&format!("man plan --lang {lang}")).stdout;
        assert!(own.contains("locked"), "{own}");
    }
    let page = ctsup("man plan --lang ru").stdout;
    assert!(page.contains(".SH ОПИСАНИЕ") && !page.contains(".SH DESCRIPTION"), "{page}");
}

#[test]
fn completions() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = ctsup(&format!("completions {shell}"));
        assert_eq!((ran.exit, ran.stderr.as_str()), (0, ""), "{shell}");
        assert!(ran.stdout.contains("--locked") || ran.stdout.contains("-l locked"), "{shell}");
    }
}

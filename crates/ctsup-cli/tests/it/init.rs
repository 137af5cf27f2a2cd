//! `ctsup init` writes files that need nothing but what only their owner can know.

use ctsup_core::Goal;
use ctsup_core::topology::key::KINDS;

use crate::harness::{ctsup, run, scratch};

#[test]
fn each_file_lacks_facts_and_choices_only() {
    for kind in KINDS {
        for goal in Goal::ALL {
            for lang in ["en", "ru"] {
                let file = ctsup(&format!("init {kind} --goal {goal} --lang {lang}"));
                assert_eq!((file.exit, file.stderr.as_str()), (0, ""));
                assert!(!file.stdout.contains('{'), "{kind} {goal} {lang}: {}", file.stdout);
                let check = run(
                    &format!("check - --goal {goal} --format json"),
                    &[],
                    Some(file.stdout.as_bytes()),
                );
                for severity in ["error", "refusal"] {
                    let wrong = format!("\"severity\": \"{severity}\"");
                    assert!(!check.stdout.contains(&wrong), "{kind} {goal}: {}", check.stdout);
                }
                assert!(check.exit <= 1, "{kind} {goal}");
            }
        }
    }
}

/// What stands behind a `#` alone can be uncommented: it is what it says it is.
#[test]
fn what_is_possible_is_possible() {
    for kind in KINDS {
        let file = ctsup(&format!("init {kind}")).stdout;
        for line in file.lines().filter_map(|line| line.strip_prefix('#')) {
            if line.starts_with(' ') || line.starts_with("[[") || line.contains('…') {
                continue;
            }
            let parsed = line.parse::<toml::Table>();
            assert!(parsed.is_ok(), "{kind}: {line}");
        }
    }
}

#[test]
fn the_smallest_file() {
    insta::assert_snapshot!(ctsup("init single --lang ru").stdout, @r#"
    # Описание установки для ctsup: что неверно или чего не хватает, скажет `ctsup check ФАЙЛ`.
    # Настройка после # без пробела — возможная; чтобы она действовала, уберите #.

    # Версия формата этого файла.
    format = 1

    # Установка в целом.
    [site]
    # Короткое имя установки: стоит в планах и в именах файлов на узлах.
    name = "example"
    # Что установлено: `single` — один сервер, `split` — Back CTS и Front CTS, `ha` — два кластера
    # по два узла.
    kind = "single"

    # С какой версии на какую.
    [release]
    # Установленная сейчас версия CTS.
    installed = "2.4.1"
    # Версия CTS, на которую обновляемся.
    target = "2.5.7"

    # Имена в скобках — на ваш выбор; доменные имена, адреса и пути — примеры.

    # Один сервер.
    [nodes.cts]
    # Для чего сервер: `single`, `back`, `front`, `voex` на отдельном сервере, `registry` для
    # образов, `control` для playbook, `internet` для загрузки, `web-client` или `other`.
    role = "single"
    # Полное доменное имя; в кластере оно же имя узла в Pacemaker.
    fqdn = "cts.example.org"
    # Куда подключается ssh, если не по полному доменному имени.
    #address = "10.0.0.11"
    # Порт ssh, по умолчанию 22.
    #port = 22
    # Пользователь, под которым входит ssh, по умолчанию root.
    #user = "root"
    # Как команды получают права root: `no`, когда входит сам root, `sudo` без пароля,
    # `sudo-with-password`.
    #become = "sudo"

    # Голосовой сервер.
    [voex]
    # Где работает VoEx: имя узла, `front` для кластера Front или `none`, если его нет.
    on = "none"

    # База данных CTS.
    [postgres]
    # Где база данных: `embedded` — в контейнере CTS, `external` — на отдельном сервере.
    location = "embedded"
    # Что делать со встроенной БД: `when-due` — обновить, когда этого требует версия, `hold` —
    # оставить версию, `automatic` — впредь пусть обновляется сама.
    #upgrade = "when-due"
    # Образ старой версии для `hold`.
    #hold_image = "postgres:9.5.24"

    # Откуда берутся новые образы.
    [images]
    # Путь образов: `vendor` — из реестра производителя, `registry` — из локального, `archives` — из
    # привезенных файлов *.tar через локальный.
    source = "vendor"
    # Загрузить образы командой `dpl -g` до остановки; в кластерах так всегда.
    #fetch_first = true

    # Сертификат, с которым работает nginx.
    [certificate]
    # Чей сертификат: `own` — свой, `lets-encrypt` — его nginx обновляет сам.
    kind = "own"

    # Docker на узлах.
    [docker]
    # Корневой каталог Docker, по умолчанию /var/lib/docker; тома лежат под ним.
    root = "/var/lib/docker"

    # Как копируются данные, прежде чем их изменить.
    [backup]
    # Способ: `copy` — копия в каталог на узле, `command` — своя команда, `person` — подтверждает
    # человек, `none` — никак, этот риск принимают поименно.
    by = "copy"
    # Каталог для копий на каждом узле, на другой файловой системе.
    to = "/backup"

    # Свой шаг, здесь — прежде всего остального:
    #[[own]]
    #name = "tell-users"
    #before = "prepare"
    #confirm = "…"

    # Что известно об установке: чего не хватает, назовет `ctsup check ФАЙЛ`, с командой, которая
    # это выяснит, и строками, которые нужно вписать сюда.
    "#);
}

#[test]
fn a_file_that_is_there_is_left_alone() {
    let dir = scratch();
    let path = dir.path().join("site.toml");
    let line = format!("init single -o {}", path.display());
    assert_eq!(ctsup(&line).exit, 0);
    let written = std::fs::read_to_string(&path).expect("it is there");
    let again = ctsup(&line);
    assert_eq!(again.exit, 1);
    assert!(again.stderr.contains("the file is there already"), "{}", again.stderr);
    assert_eq!(std::fs::read_to_string(&path).expect("it is there"), written);
}

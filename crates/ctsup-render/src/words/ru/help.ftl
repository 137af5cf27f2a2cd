# Слова: справка командной строки и то, что программа говорит помимо результата.

## Части любой справки

help-heading-usage = Вызов
help-heading-examples = Примеры
help-heading-start = С чего начать
help-heading-arguments = С чем работает
help-heading-input = Что известно
help-heading-output = Что получится
help-heading-global = Везде
help-heading-exit = Код завершения
help-heading-environment = Переменные среды
help-heading-describe = Описать установку
help-heading-plan = Составить план
help-heading-run = Отрепетировать и выполнить
help-heading-running = Как выполнять
help-heading-tools = Рядом
help-heading-options = Параметры
help-heading-commands = Команды

help-value-file = ФАЙЛ
help-value-plan = ПЛАН
help-value-a = A
help-value-b = B
help-value-step = ШАГ
help-value-goal = ЦЕЛЬ
help-value-format = ВИД
help-value-node-file = УЗЕЛ=ФАЙЛ
help-value-kind = УСТАНОВКА
help-value-lang = ЯЗЫК
help-value-when = КОГДА
help-value-shell = ОБОЛОЧКА
help-value-command = КОМАНДА
help-value-bundle = СЕРТИФИКАТ
help-value-key = КЛЮЧ
help-value-host = FQDN
help-value-time = ВРЕМЯ
help-value-what = ЧТО
help-value-windows = ОКНА
help-value-count = N
help-value-dir = КАТАЛОГ
help-value-run = ВЫПОЛНЕНИЕ
help-value-digest = ОТПЕЧАТОК
help-value-fault = ШАГ=СБОЙ
help-value-answer = ОТВЕТ
help-value-text = ТЕКСТ

## Программа

help-about = Планирует обновление корпоративных серверов eXpress (CTS): установка описана в файле, а план вы читаете, сравниваете и храните; у каждого шага есть команды, причина и место в руководстве производителя. Планирование и репетиция не трогают ни одного сервера. Одобренный план выполняется по ssh так, что ничего не теряется, что бы по дороге ни отказало.
help-usage = ctsup КОМАНДА …
help-start =
    ctsup init ha > site.toml     файл с описанием ваших серверов, с пояснениями
    ctsup check site.toml         все, что в нем неверно или чего не хватает
    ctsup plan site.toml          план, чтобы прочитать
    ctsup rehearse site.toml      вся ночь на воображаемых серверах
    ctsup КОМАНДА --help          подробно о команде
help-exit =
    0    сделано; если делать нечего, это тоже 0
    1    во входных данных ошибки или не хватает фактов
    2    планы различаются (diff, plan --locked)
    3    отказ: запрещает правило руководства
    4    план опровергнут доказательством (prove, plan -o) или нарушает правило
    5    выполнение остановлено, изменения уже есть: что осталось, напечатано
    6    выполнение ждет человека
    7    установку или выполнение держит кто-то другой
    8    план не одобрен, или у него другой дайджест
    64   неверная командная строка
    130  остановлено по Ctrl-C; 143: по TERM
help-environment =
    CTSUP_LANG                   язык, как --lang
    LC_ALL, LC_MESSAGES, LANG    язык, если не сказано иначе: ru… — русский, прочее — английский
    NO_COLOR, CLICOLOR_FORCE     без цвета, всегда с цветом

help-lang = Язык всего, что читают люди: ru или en
help-color = Цвет: auto, always или never
help-messages = Вид замечаний: text, lines (файл:строка:столбец: код: текст) или json
help-help = Показать эту справку
help-version = Показать версию

## ctsup init

help-init = Написать файл топологии с пояснениями, с которого можно начать
    .usage = ctsup init УСТАНОВКА [параметры]
    .examples =
        ctsup init single                      файл для одного сервера, в стандартный вывод
        ctsup init ha -o site.toml             для двух кластеров, в новый файл
        ctsup init ha --goal rollback          с тем, что надо знать для отката
help-init-kind = Что установлено: single (один сервер), split (Back CTS и Front CTS) или ha (два кластера)
help-init-goal = Для чего нужен файл: upgrade, rollback, certificate, postgres, web-client, registry или cleanup
help-init-output = Файл, который создать; существующий не изменяется

## ctsup check

help-check = Назвать все, что в файле топологии неверно или чего не хватает, не составляя плана
    .usage = ctsup check ФАЙЛ [параметры]
    .examples =
        ctsup check site.toml                  со строками файла
        ctsup check site.toml --format lines   для редакторов и CI: файл:строка:столбец: код: текст
        ctsup check site.toml --format json    для программ
help-check-format = Вид замечаний: text, lines или json

## ctsup observe

help-observe = Войти на каждый сервер, ничего не менять и прочитать факты, которые он сообщает
    .usage = ctsup observe ФАЙЛ [параметры]
    .examples =
        ctsup observe site.toml                  кто доступен и что там есть
        ctsup observe site.toml -o facts.toml    факты для ctsup plan site.toml --facts facts.toml
help-observe-output = Файл, в который записать факты

## ctsup plan

help-plan = Составить план: все шаги по порядку, с причинами
    .usage = ctsup plan ФАЙЛ [параметры]
    .examples =
        ctsup plan site.toml                              прочитать в терминале
        ctsup plan site.toml -o plan.json                 сохранить; вид по окончанию: .json .md .dot .mmd .txt
        ctsup plan site.toml --format markdown --lang ru  инструкция для печати
        ctsup plan site.toml --facts facts.toml           факты в отдельном файле
        ctsup plan site.toml --locked plan.json           тот ли еще план, о котором договорились?
        ctsup plan site.toml --goal rollback              путь назад
        ctsup plan site.toml --goal rollback --at back-02/express/deploy   путь назад из этого места
help-plan-goal = Для чего план: upgrade (если не сказано иначе), rollback, certificate, postgres, web-client, registry или cleanup
help-plan-facts = Файл с фактами, такими же, как под [facts] в файле топологии
help-plan-catalog = Файл с данными о версиях вместо встроенного
help-plan-image-list = Вывод docker ps -a, сохраненный на узле; можно назвать для нескольких узлов
help-plan-from-run = Планировать из того, как обстоят дела с этим выполнением; факты из --facts прочитаны позже и важнее
help-plan-format = Вид: text, markdown, json, dot или mermaid; с -o — по окончанию файла
help-plan-output = Файл, в который писать; заменяется только целым планом
help-plan-locked = Сравнить с этим планом, сохраненным как JSON, и ничего не писать
help-plan-at = Путь назад из середины обновления: последний выполненный шаг; с --goal rollback
help-plan-unproven = Сохранить и без доказательства: план будет помечен, и запуск об этом скажет
help-file = Файл топологии; - читает стандартный ввод

## ctsup diff

help-diff = Сравнить два плана: шаги, порядок, на чем они держатся
    .usage = ctsup diff A B
    .examples =
        ctsup diff plan.json new.json          что изменится, для людей
help-diff-a = План до, сохраненный как JSON
help-diff-b = План после, сохраненный как JSON

## ctsup explain

help-explain = Рассказать об одном шаге: зачем он, почему тогда, кто так велит, что если не выйдет
    .usage = ctsup explain ФАЙЛ ШАГ [параметры]
    .examples =
        ctsup explain site.toml back-01/express/deploy    шаг плана для этой топологии
        ctsup explain plan.json back-01/express/deploy    шаг сохраненного плана
help-explain-file = Файл топологии или план, сохраненный как JSON; - читает стандартный ввод
help-explain-step = Имя шага, как его показывает план, или его конец; номер в тексте плана; или строка руководства, HA.17

## ctsup prove

help-prove = Доказать план: каждый порядок шагов, каждый одиночный сбой, путь назад, перерыв в работе
    .usage = ctsup prove ФАЙЛ [параметры]
    .examples =
        ctsup prove site.toml                               что проверено и что будет, если что-то сломается
        ctsup prove plan.json --full                        все правила, все сбои, все места
        ctsup prove site.toml --windows 02:00-04:00,3h      какие шаги в каком окне обслуживания
        ctsup prove site.toml --format markdown             с таблицами, для печати
        ctsup prove site.toml --goal rollback               доказательство плана отката
help-prove-file = Файл топологии или план, сохраненный как JSON; - читает стандартный ввод
help-prove-format = Вид: text, markdown или json
help-prove-windows = Окна обслуживания по порядку: 02:00-04:00 или 2h, 90m, 1h30m; через запятую
help-prove-full = Показать все: каждое правило, каждый сбой, каждое место
plan-breaks = план нарушает правило: { $rule } ({ $name }): { $about } [{ $steps }]
    .help = не выполняйте этот план как есть; если дело не в вашем собственном шаге, это ошибка ctsup: отправьте файл топологии разработчикам
plan-refuted = не сделано: план может пойти не так
    .help = подробнее: ctsup prove ФАЙЛ; сохранить и выполнить все равно, с пометкой: ctsup plan ФАЙЛ -o ПЛАН --unproven
plan-not-covered = не сделано: план проверен не весь, доказанным он не считается
plan-at-later = { $step } — середина обновления базы, его не прерывают: это путь назад после { $from }
plan-at-goal = --at — это место, откуда идут назад: вместе с --goal rollback

## ctsup schema

help-schema = Напечатать JSON Schema формата файла, для редакторов и CI
    .usage = ctsup schema topology|plan|event
    .examples =
        ctsup schema topology > ctsup.schema.json    чтобы редактор подсказывал в site.toml
        ctsup schema plan                            схема планов, сохраненных как JSON
help-schema-what = Какой формат: topology, plan или event (события выполнения, по строке на каждое)

## ctsup cert

help-cert = Проверить сертификат и ключ по требованиям руководства, прежде чем их ставить
    .usage = ctsup cert СЕРТИФИКАТ КЛЮЧ --host FQDN [параметры]
    .examples =
        ctsup cert server.crt server.key --host express.example.org
        ctsup cert server.crt server.key --host express.example.org --at 2026-12-31
        ctsup cert server.crt server.key --host express.example.org --format json
help-cert-bundle = Файл с сертификатами: серверный, промежуточные, корневой, в этом порядке
help-cert-key = Файл с закрытым ключом; он только читается и нигде не показывается
help-cert-host = Внешнее имя сервиса
help-cert-at = Проверить на этот момент, а не на сейчас: 2026-12-31 или 2026-12-31T08:00:00Z
help-cert-format = Вид: text или json

## Отрепетировать и выполнить

help-run-file = План, сохраненный как JSON, или файл топологии; - читает стандартный ввод
help-run-parallel = Сколько шагов можно выполнять одновременно там, где план это разрешает; если не сказано — 1
help-run-until = Остановиться после этого шага
help-run-pause = Остановиться перед этим шагом; можно указать несколько раз
help-run-format = Вид: text или json (события по мере появления, по одному в строке)
help-run-digest = Одобряет план с этим дайджестом; без него будет вопрос
help-run-ssh-config = Файл настроек ssh вместо вашего
help-run-take-over = Забрать установку у того, кто ее держит; то, что у него еще идет, остается под наблюдением и второй раз не запускается
help-runs-dir = Каталог, где хранятся выполнения, вместо ctsup/runs в XDG_STATE_HOME или ~/.local/state
help-run-name = Имя выполнения; если не закончено только одно, речь о нем
help-rehearse = Отрепетировать выполнение на воображаемых серверах за секунды; ничего не затрагивается
    .usage = ctsup rehearse ФАЙЛ|ПЛАН [параметры]
    .examples =
        ctsup rehearse site.toml --yes                                   вся ночь, на все вопросы — «да»
        ctsup rehearse plan.json --yes --fault back-02/express/deploy=fail   а если этот шаг не выйдет?
        ctsup resume                                                     продолжить остановившуюся репетицию
help-rehearse-seed = Другое начальное число: задержки и имена будут другими
help-rehearse-fault = Что не так на шаге: fail, fail-after, hang, slow, drop, drop-after, kill-ctsup, kill-node, reboot, disk-full, garbage или no в ответ на вопрос
help-rehearse-yes = На все вопросы отвечать «да» и набирать то, что план оставляет человеку
help-run = Выполнить одобренный план на серверах
    .usage = ctsup run ФАЙЛ|ПЛАН [параметры]
    .examples =
        ctsup run plan.json                            покажет, что надо одобрить, и спросит
        ctsup run plan.json --digest sha256:…          одобрено заранее; остановится там, где нужен человек
        ctsup run plan.json --until back-02/express/deploy   до этого места и не дальше
help-resume = Продолжить выполнение после любой остановки
    .usage = ctsup resume [ВЫПОЛНЕНИЕ] [параметры]
    .examples =
        ctsup resume                     то, что не закончено
        ctsup resume --take-over         вместо коллеги, который продолжить не может
help-resume-yes = В репетиции: на все вопросы отвечать «да»
help-resume-fetch = Сначала взять выполнение с узлов: копии лежат на серверах этой топологии или плана
help-status = Сказать, как обстоят дела с выполнением, не трогая серверов
    .usage = ctsup status [ВЫПОЛНЕНИЕ] [параметры]
    .examples =
        ctsup status                     то, что не закончено
        ctsup status --format json       для программ
help-confirm = Ответить выполнению, которое ждет человека
    .usage = ctsup confirm ВЫПОЛНЕНИЕ ШАГ [параметры]
    .examples =
        ctsup confirm ВЫПОЛНЕНИЕ ШАГ                          сделано
        ctsup confirm ВЫПОЛНЕНИЕ ШАГ --answer no --note "видео не работает"
help-confirm-step = Имя шага, конец имени или номер
help-confirm-answer = yes (если не сказано иначе), again или no
help-confirm-note = Своими словами, для отчета
help-attach = Сесть за терминал сценария Ansible, который ждет человека
    .usage = ctsup attach [ВЫПОЛНЕНИЕ] [параметры]
    .examples =
        ctsup attach                     незаконченное выполнение; выйти: Ctrl-]
help-abort = Прекратить выполнение: settings, блокировки и антивирус возвращаются, службы остаются человеку
    .usage = ctsup abort [ВЫПОЛНЕНИЕ] [параметры]
    .examples =
        ctsup abort                      то, что не закончено
help-runs = Показать выполнения, которые здесь хранятся
    .usage = ctsup runs [параметры]
    .examples =
        ctsup runs

## ctsup completions, ctsup man

help-completions = Напечатать дополнение команд для оболочки
    .usage = ctsup completions ОБОЛОЧКА
    .examples =
        ctsup completions bash > /etc/bash_completion.d/ctsup
        ctsup completions zsh > "$fpath[1]/_ctsup"
        ctsup completions fish > ~/.config/fish/completions/ctsup.fish
help-completions-shell = bash, zsh, fish, elvish или powershell
help-man = Напечатать страницу man: программы или одной команды
    .usage = ctsup man [КОМАНДА]
    .examples =
        ctsup man | man -l -
        ctsup man plan > ctsup-plan.1
help-man-command = Команда

man-exit = КОДЫ ВОЗВРАТА
man-environment = ОКРУЖЕНИЕ
man-examples = ПРИМЕРЫ
man-name = НАЗВАНИЕ
man-synopsis = ВЫЗОВ
man-description = ОПИСАНИЕ

## Неверная командная строка

usage-unknown-option = параметра { $arg } здесь нет
usage-too-many = лишний аргумент: { $arg }
usage-unknown-command = команды { $value } нет
usage-near = может быть, { $near }?
usage-value-missing = у { $arg } должно быть значение
usage-value-unknown = { $arg } не может быть { $value }; может быть: { $choices }
usage-value-wrong = { $arg } не может быть { $value }
usage-missing = не хватает: { $args }
usage-conflict = { $arg } и { $other } исключают друг друга
usage-twice = { $arg } указан дважды
usage-no-command = не хватает команды
usage-not-text = аргумент — не текст в UTF-8
usage-see = подробнее: { $command } --help
usage-list-twice = --image-list { $value }: у этого узла список уже есть
usage-list-named = --image-list называет для { $value } не тот список, что `rollback.lists` в файле ({ $other }): оставьте один
usage-output-is-input = { $output } — тот же файл, что и { $input }, а он читается: назовите другой
usage-output-ending = { $file }: с таким окончанием нет ни одного вида; назовите вид в --format или дайте окончание .json .md .dot .mmd .txt
usage-saved-plan = { $option } — для топологий: сохраненный план берется как есть
usage-node-file = --image-list — это УЗЕЛ=ФАЙЛ, а не { $value }
usage-node-name = --image-list: { $value } не может быть именем узла
usage-time = --at — это дата, 2026-12-31, или момент по UTC, 2026-12-31T08:00:00Z, а не { $value }
usage-two-stdins = из стандартного ввода читается только один файл

## Файлы

file-not-found = { $file }: такого файла нет
file-directory = { $file }: это каталог
file-denied = { $file }: нет прав на чтение
file-unreadable = { $file }: не читается: { $why }
file-not-utf8 = { $file }, строка { $line }: это не текст в UTF-8
    .help = { $looks ->
        [utf-16] похоже на UTF-16: сохраните файл в UTF-8
        [binary] это совсем не похоже на текст
       *[other] возможно, это кодировка Windows: сохраните файл в UTF-8
    }
file-too-large = { $file }: больше { $most } МиБ, таких файлов не бывает
file-empty = { $file }: файл пуст
    .help = начните с того, что напишет ctsup init
file-json = { $file }: похоже на JSON, а файл топологии — это TOML
    .help = сохраненный план читают ctsup diff, ctsup explain и ctsup plan --locked
file-exists = { $file }: такой файл уже есть
    .help = назовите другой или сначала удалите этот
file-unwritable = { $file }: не записать: { $why ->
        [no-directory] такого каталога нет
        [denied] нет прав
        [directory] это каталог
        [full] на диске нет места
        [read-only] файловая система только для чтения
       *[other] { $why }
    }
stdout-unwritable = результат не записать: { $why }

## Планы

plan-file-not-a-plan = { $file }: это не план, сохраненный ctsup как JSON: { $why ->
        [end] он обрывается на строке { $line }
        [syntax] строка { $line } — не JSON
       *[field] в строке { $line } то, чего в планах не бывает
    }
    .help = сохраняет ctsup plan ФАЙЛ -o plan.json
plan-file-format = { $file }: план в формате { $found }, этот ctsup читает формат { $known }
    .help = возьмите ctsup, который его писал, или составьте план заново
plan-file-digest = { $file }: план изменили после составления: дайджест не от этого содержания
    .help = составьте план заново; руками планы не правят
plan-file-derived = { $file }: шаг { $step }: `{ $field }` говорит не то, что делает шаг
    .help = составьте план заново; руками планы не правят
plan-file-unsound = { $file }: { $place }: в `{ $field }` то, чего в плане там не бывает
    .help = составьте план заново; руками планы не правят
plan-file-order = { $file }: шаг { $step }: порядок шагов нарушен
    .help = составьте план заново; руками планы не правят
plan-written = { $file }: { $steps }, { $digest }
plan-nothing-to-do = делать нечего: цель `{ $goal }` достигнута
plan-nothing-rollback = по файлу нигде не работает более новая версия. Если обновление начато: `--at STEP`, или впишите в файл, что где работает (`[facts.nodes.*]`)
plan-same = план тот же, что { $file }
plans-same = планы одинаковы
plan-step-unknown = шага { $step } в этом плане нет
    .help = имена шагов показывает план: ctsup plan { $file }; число — номер шага в тексте плана, HA.17 — строка руководства
explain-saved = в сохраненном плане есть только прямые ожидания; по файлу топологии видны и те, что из них следуют
plan-step-several = { $step } — это может быть несколько шагов:

## ctsup init

init-head = Описание установки для ctsup: что неверно или чего не хватает, скажет `ctsup check ФАЙЛ`.
    Настройка после # без пробела — возможная; чтобы она действовала, уберите #.
init-nodes = Имена в скобках — на ваш выбор; доменные имена, адреса и пути — примеры.
init-window = Несколько минут старые контейнеры работают на данных, которые изменила новая версия: между переключением вторых узлов и их остановкой; таков порядок самого руководства для кластеров. Без этой строки ctsup откажется от плана, пока кто-нибудь этого не примет.
init-own = Свой шаг, здесь — прежде всего остального:
init-facts = Что известно об установке: чего не хватает, назовет `ctsup check ФАЙЛ`, с командой, которая это выяснит, и строками, которые нужно вписать сюда.
init-goal = Этот файл — для ctsup plan ФАЙЛ --goal { $goal }

# Слова: что найдено во входных данных. Сообщение называет, что не так, `.help` — выход.
# Фрагменты: со строчной буквы, без точки.

## Как показано найденное

severity-warning = предупреждение
severity-error = ошибка
severity-missing = не хватает
severity-refusal = отказ
finding-help = выход
finding-note = примечание
finding-near = может быть, `{ $near }`?
finding-choices = здесь бывает: { $choices }
finding-claim = основание: { $claim }
finding-summary-errors = { $count ->
    [one] { $count } ошибка
    [few] { $count } ошибки
   *[other] { $count } ошибок
}
finding-summary-missing = не хватает сведений: { $count }
finding-summary-refusals = { $count ->
    [one] { $count } отказ
    [few] { $count } отказа
   *[other] { $count } отказов
}
finding-summary-warnings = { $count ->
    [one] { $count } предупреждение
    [few] { $count } предупреждения
   *[other] { $count } предупреждений
}
finding-letter = буква `{ $letter }` там кириллическая, она лишь похожа на латинскую
finding-more = …и еще замечаний: { $count }
finding-clean = { $file }: замечаний нет
finding-facts = { $count ->
    [one] неизвестен { $count } факт, на котором держится план
    [few] неизвестны { $count } факта, на которых держится план
   *[other] неизвестны { $count } фактов, на которых держится план
}
finding-facts-where = выясните и впишите в { $file }:
finding-facts-on = На { $node }:
finding-facts-here = Здесь:
finding-facts-other = В { $file }:
finding-facts-table = Таблица [{ $table }] в файле уже есть: добавьте строки ниже в нее.

## Текст и его форма

diagnostic-syntax = это не TOML: { $message }
    .help = остальное проверяется, когда исправлено это
diagnostic-unknown-key = ключа `{ $key }` нет
    .help = уберите его или возьмите один из известных
diagnostic-missing-key = нет ключа `{ $key }`
    .help = добавьте его
diagnostic-wrong-type = `{ $key }` — это { $want ->
        [table] таблица
        [tables] список таблиц
        [boolean] true или false
        [integer] целое число
        [array] список
        [size] объем
       *[other] текст в кавычках
    }, а здесь { $have ->
        [table] таблица
        [boolean] true или false
        [integer] целое число
        [float] число с точкой
        [array] список
        [datetime] дата
       *[other] текст
    }
    .help = { $want ->
        [table] начните таблицу с [{ $key }] или напишите { $key } = {"{"} … {"}"}
        [tables] начните каждую с [[{ $key }]]
        [boolean] напишите true или false, без кавычек
        [integer] напишите число без кавычек
        [array] напишите ["один", "другой"]
        [size] напишите байты целым числом или с единицей в кавычках: "61 GiB"
       *[other] возьмите значение в кавычки
    }
diagnostic-unknown-value = `{ $key }` не может быть `{ $value }`
    .help = возьмите одно из известных значений
diagnostic-out-of-range = { $value } выходит за границы
    .help = `{ $key }` — целое число от { $least } до { $most }
diagnostic-unknown-format = формат { $value } этот ctsup не читает
    .help = напишите format = { $most }; файлу нового формата нужен новый ctsup
diagnostic-not-a-release = `{ $value }` — не номер версии
    .help = от одного до четырех чисел через точку, в кавычках: "2.5.7"
diagnostic-not-an-image = `{ $value }` — не образ с тегом
    .help = имя и тег, как их показывает `docker ps -a`, без адреса реестра: "postgres:9.5.24"
diagnostic-not-a-size = `{ $value }` — не объем
    .help = целое число байтов или с единицей в кавычках: "61 GiB", "500 MB"
diagnostic-not-a-name = `{ $value }` не годится в имена
    .help = латинские буквы, цифры, `-`, `_` и `.`, не больше 63, первой — буква или цифра
diagnostic-not-an-fqdn = `{ $value }` — не полное доменное имя
    .help = вместе с доменом, как его знают Pacemaker и сертификаты: cts.example.org; кириллическое имя — в виде xn--
diagnostic-not-a-path = `{ $value }` — не путь, который здесь годится
    .help = от корня, из латинских букв, цифр и `._-@+`, без `..` и без `/` в конце: /backup/express
diagnostic-not-plain-text = `{ $value }` здесь стоять не может
    .help = одна непустая строка; где нужно одно слово — из латинских букв, цифр и `._:/@%+=,-`, не с `-` в начале
diagnostic-missing-header = выше этого нет строки [{ $key }]
    .help = впишите [{ $key }] над этими ключами
diagnostic-facts-prefix = в файле фактов все и так относится к `facts`
    .help = уберите `facts`
diagnostic-not-a-facts-file = это файл топологии, а не файл фактов
    .help = в файле фактов только то, что в топологии стоит в [facts]: например [postgres] и [nodes.ИМЯ]
diagnostic-not-an-address = `{ $value }` — не IP-адрес и не имя сервера
    .help = так, как его понимает ssh: 10.0.0.10, fd00::10 или back-01.example.org
diagnostic-not-a-url = `{ $value }` — не адрес реестра
    .help = протокол, сервер и, если он необычный, порт; больше ничего: http://registry.example.org:5000
diagnostic-secret-in-url = логину не место в `{ $key }`: адрес повторяют планы и инструкции
    .help = оставьте один адрес, имя пользователя напишите в `images.user`; пароль спросят на узле
diagnostic-tiny-size = `{ $key }` — { $value } байт, меньше 1 MiB
    .help = возможно, забыта единица: "30 GiB"
diagnostic-catalogue-value = такого значения в каталоге здесь быть не может
    .help = сверьтесь со встроенным, crates/ctsup-core/data/catalogue.toml: там описано каждое значение
diagnostic-duration-order = времена `{ $value }` не по порядку: от { $min } до { $max }, предел { $limit }
    .help = min_s не больше max_s, max_s не больше limit_s
diagnostic-duplicate = `{ $value }` стоит здесь дважды
    .help = оставьте одно

## Как части подходят друг к другу

diagnostic-unknown-node = узла `{ $value }` нет
    .help = опишите его в [nodes.{ $value }] или назовите описанный
diagnostic-misnamed-node = этот узел назван `{ $value }`, а в других местах файла ({ $count }) — `{ $near }`
    .help = назовите его везде одинаково
diagnostic-role-count = { $kind ->
        [web-client] в кластере Web Client
       *[other] в установке вида `{ $kind }`
    } { $want ->
        [one] { $want } узел
        [few] { $want } узла
       *[other] { $want } узлов
    } с ролью `{ $role }`, а в файле { $have ->
        [0] ни одного
       *[other] { $have }
    }
    .help = опишите каждый такой сервер один раз, как [nodes.ИМЯ] с role = "{ $role }"; так же выглядит и неверный `site.kind`
diagnostic-role-not-in-kind = в установке вида `{ $kind }` нет роли `{ $role }`
    .help = исправьте роль этого узла или `site.kind`
diagnostic-key-not-here = `{ $key }` ничего не делает при { $by }
    .help = уберите его или измените выбор, к которому он относится
diagnostic-same-address = `{ $node }` и `{ $other }` оказались бы одним сервером
    .help = дайте каждому свой `fqdn` и свой `address` или `port`; один сервер описывается один раз
diagnostic-needed-key = при { $by } нужен `{ $key }`
    .help = добавьте `{ $key }` или выберите другое
diagnostic-not-allowed-here = `{ $key }` здесь не может быть `{ $value }`
    .help = здесь нужно: { $want }
diagnostic-unknown-risk = риска `{ $value }` нет
    .help = риски принимаются по одному, под тем именем, которое назвал отказ
diagnostic-unknown-reading = руководство не оставляет открытым `{ $value }`
    .help = уберите его; какие прочтения взяты и какие можно выбрать, сказано в плане
diagnostic-own-step-shape = ваш шаг `{ $name }` описан не полностью
    .help = у него есть `run` с `node` или `confirm` для человека; `before` или `after` с фазой или строкой руководства; при `owes` еще и `undo`
diagnostic-own-step-in-window = из-за вашего шага `{ $name }` старые контейнеры работали бы на новых данных
    .help = между переключением вторых узлов и остановкой сразу за ним ничего стоять не может; поставьте шаг до фазы `second-half` или после нее
diagnostic-own-step-reserved = ваш шаг `{ $name }` выполняет `{ $command }`, своим шагам это нельзя
    .help = перезагружает человек; dpl и pcs меняют сервисы и ресурсы только там, где это делает план; уберите команду или спросите человека через `confirm`
diagnostic-unknown-row = `{ $value }` — не фаза и не строка руководства из этого плана
    .help = назовите фазу или строку, которая есть у шага этого плана; некоторые строки говорят только о порядке
diagnostic-unused-risk = принятого риска `{ $value }` в этом плане нет
    .help = уберите его из `accept`: на риск, принятый заранее, никто не посмотрит, когда он появится

## Факты

diagnostic-missing-fact = `{ $key }` неизвестно
    .help = на { $node } выполните: { $command }
    .help-here = выполните: { $command }
diagnostic-fact-of-nothing = в топологии нет `{ $value }`, о котором можно что-то знать
    .help = исправьте имя или уберите факт
diagnostic-unknown-service = сервиса `{ $value }` каталог не знает
    .help = проверьте имя; сервис, которого нет в каталоге, берется как есть
diagnostic-image-not-of-service = образ сервиса `{ $service }` назван иначе: `{ $value }`
    .help = проверьте, что такой образ есть: он развернется так, как написан здесь
diagnostic-moving-tag = на `{ $value }` не вернуться: после обновления `latest` — это новый образ
    .help = выясните прежний номер и назовите образ с ним в фактах
diagnostic-facts-differ = `{ $key }`: здесь { $value }, в другом файле { $other }
    .help = посмотрите еще раз и оставьте верное
diagnostic-image-list-unreadable = сохраненный список образов { $node } не годится: { $line ->
        [0] { $reason }
       *[other] строка { $line }, { $reason }
    }
    .help = целый список — вывод команды docker ps -a --no-trunc; или назовите образы в фактах, в [facts.nodes.{ $node }.images]
diagnostic-image-list-incomplete = { $count ->
        [one] неизвестен образ { $count } сервиса
       *[other] неизвестны образы { $count } сервисов
    } узла { $node } до обновления: { $services }
    .help = { $slug ->
        [list] список обрывается или он с другого сервера: сохраните его целиком, docker ps -a --no-trunc; или назовите образы в фактах, в [facts.nodes.{ $node }.images]
       *[other] назовите сохраненный список в `rollback.lists` или образы в фактах, в [facts.nodes.{ $node }.images]
    }
diagnostic-missing-choice = `{ $key }` решаете вы
    .help = { $slug ->
        [rollback-to] напишите в [rollback]: to = "2.4.1", версию, на которую откатываетесь
        [rollback-postgres_image] напишите прежний образ: rollback.postgres_image = "postgres:9.5.24"
        [rollback-upgrade_backup] напишите rollback.upgrade_backup = "…", один из каталогов в томе БД: { $choices }
        [rollback-voex] напишите в [rollback]: voex = true, если голосовой сервер возвращается вместе с CTS, или voex = false, если остается его новая версия
        [certificate-bundle] назовите новые файлы в [certificate]: host, bundle и key
       *[other] напишите { $key } = "…", одно из: { $choices }
    }

## Правила

diagnostic-barrier-crossed = старыми образами с { $met } на { $to } не вернуться: данные прошли через { $barriers }
    .help = руководство это запрещает; вернитесь из резервной копии: rollback.way = "restore", ее каталоги — в `rollback.backups`
diagnostic-postgres-without-apt = без доступа к apt.postgresql.org PostgreSQL обновляется только с { $from }
    .help = откройте серверу БД доступ к apt.postgresql.org и напишите facts.postgres.apt = true; или оставьте версию: postgres.upgrade = "hold" и `postgres.hold_image`
diagnostic-postgres-too-old = CTS { $target } нужен PostgreSQL не ниже { $minimum }, а так останется более старый
    .help = { $slug ->
        [rollback-way] откатите и CTS; или примите риск поименно: accept = ["{ $risk }"]
       *[other] дайте его обновить, postgres.upgrade = "when-due"; или примите риск поименно: accept = ["{ $risk }"]
    }
diagnostic-external-postgres-too-old = CTS { $target } нужен PostgreSQL не ниже { $minimum }, а внешний сервер старше
    .help = сначала его обновляет тот, кто за него отвечает; затем исправьте `facts.postgres.version`
diagnostic-no-space = мало места: свободно { $free }, нужно { $need }
    .help = освободите место или выберите другое, затем исправьте `{ $key }`; если свободно 0, каталога нет или диск к нему не подключен
diagnostic-pins-unequal = закреплено иначе, чем на { $other }: { $services }; аварийное переключение сменило бы версию
    .help = закрепите одни и те же образы на обоих узлах кластера или позвольте плану убрать закрепление: release.unpin = true
diagnostic-pins-contradict = { $count ->
        [one] { $count } образ, закрепленный в settings, не даст
        [few] { $count } образа, закрепленных в settings, не дадут
       *[other] { $count } образов, закрепленных в settings, не дадут
    } перейти на целевую версию: { $services }
    .help = пусть план уберет закрепления, release.unpin = true; или оставьте их и примите риск поименно: accept = ["{ $risk }"]
diagnostic-backup-inside = копия пошла бы в { $value }, внутрь каталога { $path }, который копируется
    .help = возьмите каталог вне него, лучше на другой файловой системе
diagnostic-database-pinned = базу надо обновить, а ее образ закреплен в settings: в нем нет сценария обновления
    .help = впишите release.unpin = true, и план уберет строку, или уберите ее сами
diagnostic-downgrade = установлена { $installed }, целевая { $target } старше
    .help = исправьте версию; возврат — другая цель: [rollback] с to = "{ $target }", затем --goal rollback
diagnostic-postgres-blocks-rollback = CTS { $to } не рассчитан на новый PostgreSQL, в котором теперь данные
    .help = вернитесь из резервной копии, вместе с данными: rollback.way = "restore"
diagnostic-not-older = { $to }, на которую откатываются, не старше установленной { $installed }
    .help = исправьте `rollback.to` или `release.installed`
diagnostic-database-per-node = у каждого узла Back была бы своя база: переключение показывало бы другие данные, а обновилась бы только одна из баз
    .help = добавьте "database" в clusters.back.shared, если база лежит на хранилище кластера; postgres.location = "external", если она вне его; если у каждого узла действительно своя база, плана не построить
diagnostic-hold-differs = образ { $image } — не версии PostgreSQL { $version }, которая работает: контейнер не запустится на этих данных
    .help = удерживайте образ, который работает сейчас (его называет `docker ps`), или дайте плану обновить базу
diagnostic-special-image-stays = { $where ->
        [pin] образ { $image } закреплен в settings: он нужен только на время обновления базы и остаться не должен
       *[other] образ { $image } нужен только на время обновления базы: удерживать базу на нем нельзя
    }
    .help = { $where ->
        [pin] напишите release.unpin = true, и план уберет строку, или уберите ее сами
       *[other] удерживайте образ, который работает сейчас (его называет `docker ps`), или дайте плану обновить базу
    }
diagnostic-not-running = CTS на { $node } не работает: цель `{ $goal }` — для работающего
    .help = сначала завершите то, что его остановило (обновление, откат), или запустите: `dpl --dc start` в /opt/express; затем исправьте факт
diagnostic-playbooks-not-from-here = работает { $active } с прежней версией, а у { $idle }, который в резерве, версия новая: сценарии начинают с узла, который работает
    .help = постройте план для работы вручную: уберите из файла [method]; если старые контейнеры работают на новых данных, он остановит их первым делом
diagnostic-two-settings = { $count ->
        [0] нет ни settings, ни settings.yaml
       *[other] есть и settings, и settings.yaml
    }
    .help = dpl читает один из них: выясните какой, другой уберите, затем исправьте `{ $key }`
diagnostic-no-image-source = не сказано, откуда берутся новые образы
    .help = images.source = "archives" для привезенных файлов *.tar, "registry" для локального реестра, где они есть, "vendor" там, где узлам доступен реестр производителя
diagnostic-voex-unknown = не сказано, где работает VoEx
    .help = voex.on = "ИМЯ" узла, на котором есть /opt/express-voice, или voex.on = "none"
diagnostic-plain-deploy-due = { $reason ->
        [risk] простой `dpl -d` ради сертификата может обновить все
       *[other] простой `dpl -d` стал бы обновлением, а обновлению нужно больше
    }
    .help = { $reason ->
        [risk] certificate.apply = "without-update"; или примите риск поименно: accept = ["{ $risk }"]
       *[other] certificate.apply = "without-update"; или сначала обновите систему
    }
diagnostic-no-backup = план изменил бы данные, которых никто не скопировал
    .help = выберите способ в `backup.by`; или примите риск поименно: accept = ["{ $risk }"]
diagnostic-auto-upgrade-found = в settings есть postgres_auto_upgrade: любой `dpl -d` может обновить БД
    .help = уберите настройку из settings и исправьте `{ $key }`; или планируйте с ней: postgres.upgrade = "automatic"
diagnostic-upgrade-key-found = postgres_upgrade стоит в settings еще до начала работ
    .help = выясните, не идет ли обновление БД и не оборвалось ли оно; когда оно закончено, уберите настройку из settings и исправьте `{ $key }`
diagnostic-snapshot-of-cluster = снимок работающих узлов кластера — не резервная копия их общего хранилища
    .help = backup.by = "copy" или "command"; или backup.covers_shared_storage = true, если узлы выключены либо хранилище снимается целиком в один момент
diagnostic-window-not-accepted = несколько минут старые контейнеры будут работать на данных, которые изменила новая версия
    .help = таков порядок самого руководства для кластеров, между переключением вторых узлов и их остановкой; примите это поименно: accept = ["{ $risk }"]
diagnostic-cleanup-too-early = так исчез бы единственный путь назад для БД
    .help = сначала должна работать обновленная БД, и на ней CTS; если это так, исправьте `{ $key }`
diagnostic-cluster-unclear = кластер не в том состоянии, с которого может начаться план
    .help = `dockerd` запущен ровно на одном узле: посмотрите `pcs status`, почините, затем исправьте `{ $key }`
diagnostic-goal-not-here = для цели `{ $goal }` в этой топологии ничего нет
    .help = { $goal ->
        [rollback] скажите в [rollback], куда откатываться
        [certificate] назовите новые файлы: `certificate.host`, `certificate.bundle`, `certificate.key`
        [postgres] цель — для встроенной БД: postgres.location = "embedded"
        [web-client] опишите кластер Web Client в [web_client]
        [registry] цель — для локального реестра: images.source = "registry" или "archives"
       *[other] выберите другую цель
    }
diagnostic-nothing-to-roll-back = не сказано, где лежит резервная копия { $holder }
    .help = напишите { $key } = "/backup/…", каталог на этом узле

## Предупреждения

diagnostic-cluster-unhealthy = кластер не таков, каким его приводит руководство
    .help = план начинается с проверки: что может, она чинит, иначе останавливается
diagnostic-constraints-found = остались ограничения прежнего переключения ресурсов
    .help = посмотрите `pcs constraint --full`; в конце план предлагает их снять
diagnostic-owners-unexpected = хозяин файлов не тот, какого ждешь по версии
    .help = посмотрите на тома до обновления; без спроса план хозяина не меняет

## Что говорит читатель TOML

syntax-other = здесь что-то, чего в TOML не бывает
syntax-colon-instead-of-an-equals-sign = между ключом и значением ставится `=`
syntax-a-letter-that-only-looks-Latin = ключи пишутся латинскими буквами
syntax-carriage-return-must-be-followed-by-newline = строка кончается так, как не бывает ни в одной системе: сохраните файл с обычными концами строк
syntax-invalid-comment-character = в комментарии невидимый знак
syntax-cannot-recurse-further = слишком глубокая вложенность таблиц или списков
syntax-recursion-limit = слишком глубокая вложенность таблиц или списков
syntax-invalid-boolean = тексты пишутся в кавычках
syntax-invalid-float = тексты пишутся в кавычках, в числе не больше одной точки
syntax-invalid-integer = тексты пишутся в кавычках, в числе только цифры
syntax-string-values-must-be-quoted = тексты пишутся в кавычках
syntax-key-with-no-value = у ключа нет значения
syntax-missing-value-for-key = у ключа нет значения
syntax-missing-value = нет значения
syntax-extra-- = лишний знак `=`
syntax-duplicate-key = этот ключ здесь второй раз
syntax-unclosed-table = не закрыта скобка `]` таблицы
syntax-unclosed-array-table = не закрыты скобки `]]` таблицы
syntax-unclosed-array = не закрыта скобка `]` списка
syntax-unclosed-inline-table = не закрыта скобка {"`}`"} таблицы
syntax-missing-comma-between-array-elements = между значениями нет запятой
syntax-missing-comma-between-key-value-pairs = между ключами нет запятой
syntax-extra-comma-in-array = лишняя запятая
syntax-extra-comma-in-inline-table = лишняя запятая
syntax-missing-assignment-between-key-value-pairs = нет знака `=`
syntax-unexpected-key-or-value = перед этим строка должна кончиться
syntax-unexpected-content = этому здесь не место
syntax-invalid-basic-string = текст в кавычках не закончен, или в нем недопустимый знак
syntax-invalid-literal-string = текст в кавычках не закончен, или в нем недопустимый знак
syntax-missing-opening-quote = перед текстом нет кавычки
syntax-invalid-unquoted-key = это не может быть ключом; возьмите его в кавычки
syntax-unquoted-keys-cannot-be-empty = нет ключа
syntax-invalid-key-value-pair = здесь должно быть `ключ = значение`
syntax-unexpected-leading-zero = число не начинается с 0; тексты пишутся в кавычках

## Почему сохраненный список образов не годится

image-list-the-name-may-be-cut = терминал мог обрезать имя
image-list-no-image-with-a-tag = у образа нет тега
image-list-no-tag = у образа нет тега
image-list-image-id-instead-of-a-name = вместо имени образа его идентификатор
image-list-digest-instead-of-a-tag = вместо тега дайджест
image-list-two-images-for-one-service = второй образ для того же сервиса
image-list-no-such-file = такого файла нет
image-list-a-directory = это каталог
image-list-not-allowed = нет прав на чтение
image-list-not-text = это не текст в UTF-8
image-list-too-large = файл слишком велик
image-list-other = это не вывод docker ps -a

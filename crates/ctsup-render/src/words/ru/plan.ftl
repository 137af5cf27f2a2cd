# Слова: план, каким его читают люди.

heading-upgrade = Обновление { $site } с { $installed } до { $target }
heading-rollback = Откат { $site } с { $installed } на { $target }
heading-rollback-postgres = Откат PostgreSQL: { $site }
heading-rollback-begun = Возврат { $site } из начатого обновления, которое еще не принесло новой версии: остается { $target }
heading-certificate = Новый сертификат для { $site }
heading-postgres = Обновление PostgreSQL: { $site }
heading-web-client = Обновление Web Client: { $site }
heading-registry = Образы для Registry: { $site }
heading-cleanup = Уборка после обновления: { $site }

plan-steps = { $count ->
    [one] { $count } шаг
    [few] { $count } шага
   *[other] { $count } шагов
}
plan-nodes = { $count ->
    [one] на { $count } узле
   *[other] на { $count } узлах
}
plan-size = { $steps } { $nodes }
expected = один за другим — { $span }
nothing-to-do = Делать нечего: цель уже достигнута.
installed-already = По файлу { $target } уже установлена. Но пока неизвестно, что стоит на этих узлах, делать есть что; если эти факты известны и версия та же, план пуст: { $facts }.
digest-short = Утверждается дайджест { $digest }…
outages = Пользователи отключены
outage = { $count ->
    [one] шаг { $steps }
   *[other] шаги { $steps }
}, { $span }; недоступно: { $what }{ $since ->
    [start] {" "}(еще до плана)
   *[plan] {""}
}
outage-over = Пользователи снова могут работать.
outage-goes-on = Пользователи пока отключены, недоступно: { $what }.
dangers-at = { $count ->
    [one] Опасное место: шаг { $steps }. Прочитайте о нем заранее.
   *[other] Опасные места: шаги { $steps }. Прочитайте о них заранее.
}
look-first = { $count ->
    [one] До начала проверьте { $count } предположение в конце этого плана.
    [few] До начала проверьте { $count } предположения в конце этого плана.
   *[other] До начала проверьте { $count } предположений в конце этого плана.
}
text-more = Что делать, если шаг не удался, и как его отменить: `ctsup explain FILE STEP` или инструкция целиком: `--format markdown`.
made-from = Составлено по руководству поставщика, сборка { $build }. Дайджест этого плана:

phase-prepare = Подготовка
phase-quiet = Остановка антивируса
phase-gate = Проверка кластеров
phase-fetch = Загрузка образов
phase-back-up = Остановка и резервная копия
phase-first-half = { $halves ->
    [two] { $goal ->
        [upgrade] Обновление первых узлов
        [rollback] Откат первых узлов
       *[other] Изменение первых узлов
    }
   *[one] { $goal ->
        [upgrade] Обновление
        [rollback] Откат
        [postgres] Обновление базы
        [certificate] Замена сертификата
        [web-client] Обновление
        [cleanup] Удаление
       *[other] Изменение
    }
}
phase-judge = Проверка человеком
phase-second-half = { $goal ->
    [upgrade] Обновление вторых узлов
    [rollback] Откат вторых узлов
   *[other] Изменение вторых узлов
}
phase-verify = Итоговая проверка
phase-restore = Возврат временных изменений
section-part = { $name } ({ $part } из { $of })

place-person = человек

span = от { $from } до { $to }
span-up-to = до { $to }
span-s = { $from }–{ $to } с
span-s-exactly = { $to } с
span-s-up-to = до { $to } с
span-min = { $from }–{ $to } мин
span-min-exactly = { $to } мин
span-min-up-to = до { $to } мин
time-min = { $min } мин
time-min-s = { $min } мин { $s } с
time-no-s = меньше секунды
time-h = { $h } ч
time-h-min = { $h } ч { $min } мин

after = после { $steps }: { $reasons }
beside = можно вместе с { $steps }, в другой консоли
block-next = Прочитайте вывод. Если все так, как сказано выше, дальше:
same-output = тот же вывод, что на шаге { $step }: если он только что получен, команду можно не повторять
because-row = порядок руководства ({ $rows })
because-row-ours = наш порядок ({ $rows }), в руководстве этого нет
because-needs = нужно, чтобы было так: { $condition }
because-keeps = тому шагу нужно: { $condition }; после этого шага уже не так
because-takes-back = после того шага было так: { $condition }; этот шаг это прекращает
because-site = здесь место собственного шага { $name }
cause-already = уже сделано: { $conditions }
source-reading = наше прочтение: { $reading }
source-rule = наше правило: { $rule }
source-site = файл топологии

debt-opens = отсюда { $what } (до шага { $step })
debt-stays = отсюда { $what } (и после плана)
debt-closes = { $what }: закрыто то, что открыл шаг { $step }
debt-closes-earlier = { $what }: закрыто то, что было открыто еще до плана

danger = ОПАСНО
no-return = ТОЧКА НЕВОЗВРАТА
    .why = { $count ->
        [one] Следующий шаг — переход через версию { $barriers }. После него отката нет, назад ведет только резервная копия.
       *[other] Следующий шаг — переход через версии { $barriers }. После него отката нет, назад ведет только резервная копия.
    }
    .at = { $count ->
        [one] Этот шаг — переход через версию { $barriers }. После него отката нет, назад ведет только резервная копия.
       *[other] Этот шаг — переход через версии { $barriers }. После него отката нет, назад ведет только резервная копия.
    }
ask-done = Сделано?

assumed = Проверьте до начала: этого никто не указал и не видел
assumed-otherwise = Если ответ другой, впишите его в файл и постройте план заново. Пустой вывод `grep` и `sed` значит, что такой строки нет; `ls` для settings должен назвать ровно один файл.
declared = На чем держится план: указано в файле
observed = На чем держится план: прочитано с узлов
stays-open = Что остается после этого плана
accepted = Риски, принятые в файле
left-out = Что пропущено и почему
readings = Как прочитаны места, которые можно понять по-разному
reading-taken = { $question }: { $taken }.
reading-others = Можно и так: { $others }.
reading-choose = Выбирает ключ `{ $key }` в файле.

undo-commands = этими командами, там же:
undo-person = { $why }
undo-irreversible = отменить нельзя. Почему: { $why }
undo-move = переключить оба ресурса обратно на { $node }: там контейнеры, которые работали на этих данных до переключения.
undo-move-until = пока не начат шаг { $step }, переключить оба ресурса обратно на { $node }: там контейнеры, которые работали на этих данных. После шага { $step } не переключайте: решает человек.
undo-move-new = переключить оба ресурса обратно на { $node }: там уже новые контейнеры.
undo-stop-upgrade = только если шаг { $step } (обновление базы) не начат; после него контейнер postgres и файлы базы уже другие, и назад ведет отдельный план («Если нужно вернуться»).
undo-stop-old = если шаг { $step } выполнялся, контейнер postgres уже другой: сначала `{ $command }`, затем:
undo-stays-stopped = не запускайте: эти контейнеры не той версии, что данные и обновленные узлы. Работу возвращает переключение обоих ресурсов обратно на { $node } (отмена шага { $step }).

# Рабочая инструкция.
servers = Серверы
server = Сервер
server-name = Полное имя
server-login = Вход
chapters = Коротко
chapter = Часть
chapter-steps = Шаги
chapter-nodes = Где
chapter-takes = Ожидается
started = Начато
finished = Закончено
by = Кто
done = Сделано
agreed = Подтверждено
read = Прочитано
hazards = Опасности
at-step = Шаг { $step }.
debts = Временные изменения и их возврат
debt = Что
debt-from = С шага
debt-until = До шага
debt-paid = Возвращено
debt-never = остается
begin = До начала
begin-login = Вход на { $node } работает:
steps = Шаги
steps-stop = Идите шаг за шагом. Если что-то не так, как здесь описано, остановитесь и прочитайте «Если не вышло», прежде чем делать что-либо еще. Записывайте время: о нем спросят первым делом.
on-node = на { $node } под { $user }
question = Вопрос:
yes-on = да, дальше
no-stop = нет — остановитесь здесь
no-skip = нет — { $more ->
    [yes] пропустите { $steps } и идите к шагу { $next }
   *[none] пропустите { $steps }
}
fails = Если не вышло:
fails-left = Что могло остаться: { $halves }.
fails-in-window = Прежде всего: если dockerd уже на { $node }, там на новых данных работают старые контейнеры. Сразу остановите их (шаг { $step }): `{ $command }` на { $node }; остальное потом.
fails-playbook-window = Если сценарий оборвался, прежде всего посмотрите, на каком узле dockerd. Если на { $node } и контейнеры там старые, остановите их: в каталоге CTS `dpl --dc stop`.
undo = Отмена:
way-back = Если нужно вернуться
way-back-intro = Весь путь назад — отдельный план, для того шага, на котором вы остановились. Впишите эти строки в файл, затем: `ctsup plan FILE --goal rollback --at STEP`, где STEP — имя последнего выполненного шага.
way-back-voex = вернуть и VoEx; с false останется новый
way-back-voex-stays = этот план VoEx не меняет
way-back-database = Если обновление базы (шаг { $step }) начато, а новая версия еще не запускалась (шаг { $until } не начат), путь назад другой: вернуть старые файлы базы. Вместо строк выше впишите эти, `release.installed` не меняйте. Если при этом в settings еще стоит `postgres_upgrade`, сначала уберите эту строку.
way-back-database-only = Если обновление базы (шаг { $step }) начато, путь назад — отдельный план: вернуть старые файлы базы. Впишите эти строки, затем: `ctsup plan FILE --goal rollback`. Если в settings еще стоит `postgres_upgrade`, сначала уберите эту строку.
way-back-image = образ до обновления, он есть в сохраненном списке
way-back-old-files = имя каталога со старыми файлами в каталоге данных базы
way-back-now = Без `--at` впишите и то, что есть сейчас: в файле узлы такие, какими были до обновления. Таблицы, которые в файле уже есть, дополните, а не повторяйте.
way-back-release = если шаг { $step } хотя бы начат; иначе "{ $installed }"
way-back-active = { $nodes }: тот, где dockerd по `pcs status`
way-back-constraints = имена cli-… из `pcs constraint --full`; если их нет, []
way-back-pins = или "restore": из резервной копии, записанное после нее пропадет
way-back-restore = старые образы на этих данных не пойдут
way-back-lists = сначала заберите списки с узлов, затем укажите здесь свои копии
way-back-home = где ресурсы были до обновления
way-back-each = Как отменяется каждый шаг по отдельности; последний шаг стоит первым. Найдите здесь последний выполненный шаг и идите от него вниз по списку. Шаги, которых здесь нет, отменять не нужно. Когда данные новее контейнеров, ничего не переключают и не запускают без решения человека.
way-back-barrier = Если выполнен хотя бы один шаг выше этой строки, назад ведет только резервная копия.
sources = Откуда взят каждый шаг
source-step = Шаг
source-title = Что
source-place = Руководство

# Объяснение одного шага.
explain-why = Почему этот шаг
explain-rests-on = он опирается на то, что: { $claim }
explain-needs = Что должно быть верно до него
explain-since = { $condition } (с шага { $step })
explain-from-start = { $condition } (так с самого начала)
explain-then = Почему тогда
explain-no-waits = он ничего не ждет и может быть первым
explain-implied = и после { $steps }: { $reasons } (следует из остального)
explain-waiting = Кто его ждет
explain-leaves = Что верно после него
explain-fails = Если не вышло
explain-limit = если идет дольше { $span }, об этом сообщается
repeat-safe = можно повторить
repeat-probe-first = прежде чем повторять, посмотреть, не выполнен ли он и не идет ли еще
repeat-ask-first = без решения человека не повторять
undo-nothing = отменять нечего

# Различие двух планов.
difference-digest = Дайджесты различаются, но для людей ничего не изменилось.
difference-made-from = Для чего план и из чего составлен
difference-guide = руководство поставщика, сборка { $build }
difference-catalogue = каталог версий
difference-steps = Шаги, которых не стало и которые появились
difference-changed = Измененные шаги
difference-title = название
difference-place = место
difference-what = суть
difference-commands = команды
difference-edit = строки settings
difference-phase = часть
difference-sources = источники
difference-needs = что нужно
difference-leaves = что остается
difference-undo = отмена
difference-reasons = причины
difference-wait = после { $step }: { $reasons }
difference-written = Записанные ожидания
difference-times = время
difference-order = Обещанный порядок
difference-before = { $first } раньше { $second }: { $reasons }
difference-listed = Некоторые шаги, общие для обоих планов, стоят в другом порядке.
difference-claims = На чем держится план
difference-accepted = Принятые риски
difference-hazards = Опасности
difference-no-return = Точка невозврата
difference-open = Что остается в конце
difference-left-out = Что пропущено
difference-readings = Прочтения руководства
difference-start = Начальное состояние

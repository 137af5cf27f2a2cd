# Слова: план, каким его читают люди.

heading-upgrade = Обновление { $site } с { $installed } до { $target }
heading-rollback = Откат { $site } с { $installed } на { $target }
heading-rollback-postgres = Откат PostgreSQL: { $site }
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
outage = { $what }: { $count ->
    [one] шаг { $steps }
   *[other] шаги { $steps }
}, { $span }
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
time-h = { $h } ч
time-h-min = { $h } ч { $min } мин

after = после { $steps }: { $reasons }
beside = можно вместе с { $steps }
because-row = порядок руководства ({ $rows })
because-row-ours = наш порядок ({ $rows }), в руководстве этого нет
because-needs = ему нужно, чтобы было так: { $condition }
because-keeps = прекращает то, что нужно тому шагу: { $condition }
because-takes-back = снимает то, что оставил тот шаг: { $condition }
because-site = здесь место собственного шага { $name }
cause-already = уже сделано: { $conditions }
source-reading = наше прочтение: { $reading }
source-rule = наше правило: { $rule }
source-site = файл топологии

debt-opens = отсюда { $what } (до шага { $step })
debt-stays = отсюда { $what } (и после плана)
debt-closes = { $what } (ждало с шага { $step })
debt-closes-earlier = { $what } (ждало еще до плана)

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
yes = да
no = нет

assumed = Проверьте до начала: этого никто не указал и не видел
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
undo-irreversible = отменить нельзя: { $why }

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
fails = Если не вышло:
fails-left = Что могло остаться: { $halves }.
undo = Отмена:
way-back = Если нужно вернуться
way-back-intro = Весь путь назад — отдельный план, для того шага, на котором вы остановились. Впишите эти строки в файл, затем: `ctsup plan FILE --goal rollback --at STEP`, где STEP — имя последнего выполненного шага. Без `--at` то, что есть сейчас, должно быть в фактах: `facts.clusters.*.active` — где сейчас dockerd; `facts.nodes.УЗЕЛ.express` и `voex` — новая версия на каждом узле, где `dpl -d` этого плана хотя бы начинался; `running = false` там, где сервисы остановлены. `release` не меняйте.
way-back-pins = или "restore": из резервной копии, записанное после нее пропадет
way-back-restore = старые образы на этих данных не пойдут
way-back-lists = сначала заберите списки с узлов, затем укажите здесь свои копии
way-back-home = где ресурсы были до обновления
way-back-voex = если возвращается и VoEx
way-back-each = Как отменяется каждый шаг по отдельности. Отменяйте от последнего выполненного шага вверх. Шаги, которых здесь нет, отменять не нужно. Когда данные новее контейнеров, ничего не переключают и не запускают без решения человека.
way-back-barrier = Выше этой строки назад ведет только резервная копия.
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

# Слова: доказательство плана.

proof-heading = Доказательство: { $plan }
proof-proven = ДОКАЗАНО
    .why = Ни один разрешенный порядок шагов и ни один одиночный сбой не нарушает правил, и из каждого сбоя есть выход.
proof-refuted = ОПРОВЕРГНУТО
    .why = План может пойти не так. Выполнять его нельзя; ниже рассказано, как это происходит.
proof-not-covered = ПРОВЕРЕНО НЕ ВСЕ
    .why = Нарушений не найдено, но рассмотрено не все, что положено. Доказанным план не считается.

proof-story = { $count ->
    [one] Как это происходит
   *[other] Как это происходит: история { $number } из { $count }
}
proof-story-rule = Нарушено правило: { $rule }.
proof-story-start = Еще ничего не сделано.
proof-story-done = Сделаны шаги { $steps }.
proof-story-not-done = Еще не сделан шаг { $step }: { $title }.
proof-story-not-done-several = Еще не сделаны шаги { $steps }.
proof-story-running = Идет шаг { $step }: { $title }.
proof-story-starts = Начинается шаг { $step }: { $title }.
proof-story-own-order = План идет в своем порядке до шага { $step }: { $title }.
proof-story-fault = И тут: { $fault }.
proof-story-end = План выполнен до конца.
proof-story-shape = Шаг { $step } таким быть не может: { $title }.
proof-story-then = В этот момент: { $facts }.
proof-story-left = Что верно тогда: { $facts }.
proof-story-prevented = Этого не случилось бы, если бы:
proof-story-edge = шаг { $later } ждал шага { $earlier }
proof-story-step = до этого был шаг, после которого { $condition }
proof-story-no-cure = Одно ожидание между шагами этого не предотвратит.
proof-story-more = { $count ->
    [one] Есть еще { $count } история: ее покажет ctsup prove --full.
    [few] Есть еще { $count } истории: их покажет ctsup prove --full.
   *[other] Есть еще { $count } историй: их покажет ctsup prove --full.
}
proof-fact-done = шаг { $step } сделан
proof-fact-not-done = шаг { $step } не сделан
proof-fact-running = идет шаг { $step }
proof-fact-in-window = открыто окно, которое закрывает шаг { $step }
proof-fact-outside-window = это не то окно, которое закрывает шаг { $step }

rule = { $number } — { $what }
rule-needs = у каждого шага есть все, что ему нужно
rule-goal = в конце достигнуто то, для чего план
rule-way-out = из каждого сбоя есть выход

proof-assumptions = Что принято на веру
assumption-start-holds = площадка такова, как сказано в начале плана и в его предположениях
assumption-nobody-else = пока план идет, никто другой ничего не меняет
assumption-single-fault = сбой один; после него план составляют заново
assumption-one-job-per-node = на узле идет одна наша команда, и только одна на всей площадке прерывает обслуживание
assumption-shared-data = данные у узлов кластера общие: { $about }
assumption-own-data = у каждого узла кластера свои данные: { $about }
assumption-containers-follow = dockerd запускает на узле те контейнеры, что были там в последний раз
assumption-stopped-stays = остановленное через dpl само не запускается, и после перезагрузки тоже
assumption-antivirus-boots = антивирус включается при загрузке узла
assumption-fails-over = если активный узел выходит из строя, Pacemaker запускает ресурсы на втором
assumption-fetch-only-fetches = dpl -g только загружает образы
assumption-meets-at-once = новая версия может тронуть данные с первой секунды развертывания
assumption-deploy-again = прерванное развертывание можно повторить
assumption-backup-restores = из проверенной резервной копии можно восстановиться
assumption-no-backup = резервной копии нет, риск принят: { $about }
assumption-playbook-as-said = сценарии Ansible делают с узлами то, что сказано в плане; где ресурсы после них, смотрит человек: { $about }
assumption-own-steps-harmless = собственные шаги площадки меняют только то, что за ними объявлено: { $about }
assumption-user-functions = что нужно пользователям для сообщений, звонков, файлов и веба — наше знание, а не руководства
assumption-durations = сколько идет шаг, взято из каталога или файла

proof-covered = Что проверено
proof-covered-whole = { $states ->
    [one] { $states } состояние
    [few] { $states } состояния
   *[other] { $states } состояний
}: все { $steps } в каждом разрешенном порядке, идущие шаги тоже
proof-covered-inert = { $states ->
    [one] { $states } состояние
    [few] { $states } состояния
   *[other] { $states } состояний
}: каждый порядок всех шагов, кроме { $inert }; те не трогают ничего, на что смотрят правила, и их место ничего не меняет
proof-covered-per-rule = { $states ->
    [one] { $states } состояние
    [few] { $states } состояния
   *[other] { $states } состояний
} в { $walks } обходах, по правилу на обход: для обхода целиком план слишком широк (предел — { $limit })
proof-covered-none = ничего: план не помещается в модель
proof-covered-faults = { $tried ->
    [one] { $tried } сбой
    [few] { $tried } сбоя
   *[other] { $tried } сбоев
}: каждый — в каждом состоянии, где идет шаг, и для всего, что шаг мог оставить
proof-covered-faults-own = { $tried ->
    [one] { $tried } сбой
    [few] { $tried } сбоя
   *[other] { $tried } сбоев
}, но только в собственном порядке плана
proof-covered-mixed = { $count ->
    [one] не рассмотрено: { $count } состояние, в котором один сбой застает наполовину сделанными несколько шагов сразу
    [few] не рассмотрено: { $count } состояния, в которых один сбой застает наполовину сделанными несколько шагов сразу
   *[other] не рассмотрено: { $count } состояний, в которых один сбой застает наполовину сделанными несколько шагов сразу
}
proof-dead-ends = { $count ->
    [0] без выхода — ни одного
   *[other] без выхода: { $count }
}

proof-rules = Правила
proof-rules-holds = выполняются: { $rules }
proof-rules-broken = НАРУШЕНЫ: { $rules }
proof-rules-untouched = не затронуты этим планом: { $rules }
proof-rules-planning = за этими следит планировщик, когда составляет план: { $rules }
proof-rules-running = за этими следит исполнитель, когда выполняет план: { $rules }
judged-holds = выполняется
judged-broken = нарушено
judged-untouched = план этого не касается
judged-planning = за этим следит планировщик, когда составляет план
judged-running = за этим следит исполнитель, когда выполняет план

proof-hazards = Известные опасности (правило 31)
proof-hazard-window = шаги { $steps }: старые контейнеры на новых данных, { $node }. Здесь не останавливаются
proof-hazard-failover = { $fault } на { $count ->
    [1] шаге
   *[other] шагах
} { $steps }: поднимутся старые контейнеры на новых данных. Выход есть, но за человеком

proof-faults = Если что-то пойдет не так
proof-fault-way = { $way }: { $count ->
    [1] шаг
   *[other] шаги
} { $steps }
proof-fault-person = человеку: { $remedies }
fault-fails = команда не удалась
fault-hangs = команда зависла
fault-unknown = связь пропала, чем кончилось — не видно
fault-executor-dies = вышел из строя компьютер оператора
fault-node-dies = вышел из строя { $node }
fault-node-dies-any = вышел из строя сервер
fault-active-node-dies = вышел из строя активный узел { $cluster }
fault-standby-dies = вышел из строя второй узел { $cluster }
fault-fencing-fires = активный узел { $cluster } перезагружен (fencing)
fault-active-node-dies-any = вышел из строя активный узел кластера
fault-standby-dies-any = вышел из строя второй узел кластера
fault-fencing-fires-any = активный узел кластера перезагружен (fencing)
fault-person-says-no = человек сказал «нет»
left-unchanged = ничего не изменилось
left-done = сделано, но никто этого не видел
way-dead-end = ВЫХОДА НЕТ
way-plan-anew = остановиться и составить план заново
way-stop-here = на этом план кончается
way-resume = продолжить
remedy-look = посмотреть, что осталось
remedy-ask = решить, повторять ли
remedy-end-hung = дождаться или завершить зависшее
remedy-start-node = включить { $node }
remedy-reboot-both = перезагрузить оба узла { $cluster } через виртуализацию
remedy-settled = дождаться, пока Pacemaker запустит ресурсы { $cluster }
remedy-stop-old = остановить старые контейнеры на { $node }
remedy-move-back = вернуть ресурсы { $cluster } на прежний узел
remedy-clear-constraint = снять ограничение переключения в { $cluster }
remedy-antivirus = снова остановить антивирус на { $node }
remedy-gate = снова проверить кластер { $cluster }
remedy-files = снова проверить файловую систему на { $node }
remedy-restore-data = вернуть из резервной копии: { $data }

proof-back = Путь назад
proof-back-from-start = до начала
proof-back-after = после { $steps }
proof-back-restored = все как было
proof-back-residue = как было, но: { $residue }
proof-back-later = идет обновление базы, его не прерывают: путь назад — после шага { $step }
proof-back-irreversible = назад пути нет с шага { $step }: { $why }
residue-images-stay = загруженные образы остаются
residue-roll-back-by-pins = старые образы закрепляют в settings и разворачивают снова
residue-move-back = ресурсы переключает обратно человек
residue-move-decided = обратно ресурсы переключает человек, и только на узел с подходящими контейнерами
residue-stays-stopped = остановленные старые контейнеры поднимает только план назад
residue-playbook-again = старые образы закрепляют и запускают сценарии снова
residue-from-own-copy = измененные файлы возвращают из копии, сделанной перед этим
residue-old-database-kept = старую базу возвращает отдельный план
residue-owners-from-list = хозяев файлов возвращают из резервной копии
residue-person-did = сделанное человеком возвращает человек
residue-site-says-nothing = как отменить собственный шаг площадки, в файле не сказано
residue-exporters = установленные экспортеры остаются
residue-set-up = сам dpl становится новее: обычный `dpl -d` развернет новую версию
residue-undo = изменения шага { $step } отменяются его собственными командами отмены (ctsup explain)
residue-writes-lost = пропадет написанное после резервной копии
proof-back-compile = Сам план назад: ctsup plan ФАЙЛ --goal rollback --at ШАГ
proof-only-backup = С шага { $step } назад ведет только резервная копия.
proof-no-back = С шага { $step } назад пути нет.
proof-back-always = Точки невозврата нет.

proof-stop = Где можно остановиться
proof-stop-safe = сколько угодно
proof-stop-bearable = ненадолго, за площадкой долг: { $debts }
proof-stop-bearable-short = ненадолго, за площадкой долги
proof-stop-never-short = нельзя: обслуживание прервано, или один сбой поднимет старые контейнеры
proof-stop-never = нельзя: { $why }
proof-stop-missing = у пользователей не работает: { $functions }
proof-stop-hazard = один сбой поднимет старые контейнеры
proof-stop-window = открыто окно правила 31
proof-stop-table-place = Место
proof-stop-table-back = Путь назад
proof-stop-table-stop = Остановиться

proof-forecast = Что заметят пользователи
proof-forecast-none = не прервется
proof-forecast-steps = { $count ->
    [1] шаг
   *[other] шаги
} { $steps }
proof-forecast-unbounded = и сколько решает человек: шаги { $steps }
proof-forecast-path = Дольше всего: { $path }
function-messages = сообщения
function-calls = звонки
function-files = файлы
function-web = веб-клиент
function-administration = консоль администратора

proof-windows = Окна обслуживания
proof-window = { $window }: шаги { $steps }, { $span }
proof-window-idle = { $window }: не нужно
windows-too-short = в эти окна план не помещается: с шага { $step } и до места, где снова можно остановиться, нужно до { $needed }, а самое длинное окно — { $longest }
    .help = возьмите окно подлиннее; останавливаться между этими шагами нельзя

proof-more = Все правила, таблица сбоев и каждое место — с --full или --format markdown.
proof-cell-step = Шаг
proof-cell-fault = Сбой
proof-cell-left = Что останется
proof-cell-missing = Что заметят пользователи
proof-cell-owed = Что за площадкой
proof-cell-way = Выход
proof-cell-nothing = ничего
proof-cell-users = не работает: { $missing }
proof-cell-hazard = (известная опасность: { $rules })
proof-cell-residue = останется: { $residue }
proof-rule-number = Правило
proof-rule-says = О чем
proof-rule-came = Итог
proof-function = Что
proof-function-span = Сколько не работает
proof-function-steps = На каких шагах
proof-function-path = Из чего это время
proof-events = Все по порядку
proof-event-starts = начинается { $step }
proof-event-done = сделан { $step }

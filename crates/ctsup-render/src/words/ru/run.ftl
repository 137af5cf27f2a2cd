# Слова: выполнение, как его видят люди; что говорится, когда оно остановилось и когда закончено.

## События, по строке на каждое

run-step = { $number }/{ $count } { $title }
run-approved = { $by }: план { $digest } одобрен
run-attached = выполняет { $by }
run-boot-changed = { $node } тем временем перезагрузился: все, что о нем было известно, больше не учитывается
run-fell = больше не так: { $what }
run-started = $ { $command }
run-not-launched = не запущено: { $seen }
run-lost = { $node } больше не отвечает: { $seen }
run-reattached = снова под наблюдением
run-overdue = дольше, чем { $limit }. Команда из-за этого не прерывается: посмотрите на сервере, чем она занята
run-vanished = больше не работает и кода завершения не оставило
run-probed = { $verdict ->
    [done] проверено: сделано
    [not-done] проверено: не сделано
   *[other] проверено: сказать может только человек
}
run-done = { $how ->
    [ran] сделано за { $span }
    [found] было уже сделано
   *[other] сообщено
}
run-failed = ОШИБКА: { $reason }
run-answered = { $answer ->
    [done] { $by }: да
    [again] { $by }: еще раз
   *[other] { $by }: нет
}
run-stop-asked = { $by }: остановиться { $at_once ->
    [true] немедленно
   *[other] после того, что уже идет (Ctrl-C еще раз: немедленно)
}
run-aborting = { $by } прекращает выполнение
run-finished = все сделано
run-progress = { $done } из { $count } · { $spent } · осталось примерно { $left }
run-broken-off = шло, когда программа завершилась
run-until-now = идет { $spent }, обычно { $span }

## Почему шаг завершился ошибкой

failed-exit = код завершения { $code }
failed-active-elsewhere = активен другой узел
failed-active-unsettled = нельзя сказать, какой узел активен
failed-move-failed = переключение не вышло, код завершения { $code }; могло остаться ограничение
failed-target-not-usable = узел не может принять ресурсы
failed-not-arrived = ресурсы не переехали вовремя
failed-cluster-unreadable = кластер не говорит, в каком он состоянии
failed-unreadable = ответ непонятен
failed-no-room = мало места
failed-copy-differs = копия отличается от того, что копировали
failed-no-copy = файл не скопирован и потому не тронут
failed-no-file = такого файла нет
failed-no-answer = нет ответа
failed-edit-refused = файл не изменен: правка не бесспорна
failed-limit = время вышло
failed-probe = собственная проверка не подтверждает
failed-no-boot-id = узел не сообщает идентификатор загрузки
failed-playbook = сценарий Ansible закончился неудачно
failed-registry-login = реестр не принял имя и пароль
failed-registry-silent = реестр не отвечает
failed-registry-odd = реестр отвечает не то
failed-other = { $reason }

## Вопросы человеку

ask-agree = { $title }
ask-repeat = Чем закончился шаг { $number }, неизвестно: { $title }
    .ask = Сделан ли он? (да: сделан; еще: повторить; нет: остановиться)
ask-judge = { $title }
    .ask = Все ли в порядке? (да: дальше; еще: посмотреть снова; нет: остановиться)
ask-seen = Видно:
ask-answers = [да/нет]
ask-answers-again = [да/еще/нет]
ask-not-understood = ответьте «да» или «нет»
ask-not-understood-again = ответьте «да», «еще» или «нет»
ask-words-yes = да д yes y
ask-words-no = нет н no n
ask-words-again = еще ещё е again a

## Одобрение

approve-head = { $steps }, { $span }
approve-digest = Дайджест: { $digest }
approve-claims = План держится на том, что сказано и увидено; перед первым изменением это проверяется заново.
approve-before = Именно этот план уже выполнен до конца: { $run }. При повторном выполнении все будет сделано еще раз.
approve-ask = Выполнять?
approve-refused = не одобрено; ничего не сделано

## Почему остановлено

stop-head-done = Все сделано.
stop-head-rehearsed = Это была репетиция на воображаемых серверах; ничего не тронуто.
stop-not-ready = Выполнение остановлено: ни один шаг начать нельзя.
stop-asked = Выполнение остановлено, как просили.
stop-asked-at-once = Выполнение оставлено немедленно; то, что идет на узлах, идет дальше.
stop-failed = Выполнение остановлено: шаг { $number } завершился ошибкой.
stop-failed-code = Выполнение остановлено: шаг { $number } завершился ошибкой, код завершения { $code }.
stop-refused = Выполнение остановлено: на шаг { $number } человек сказал «нет».
stop-fell = Выполнение остановлено: нужного для шага { $number } нет.
stop-lost = Выполнение остановлено: { $node } не отвечает, чем закончился шаг { $number }, неизвестно.
stop-rebooted = Выполнение остановлено: { $node } перезагрузился, и все, что о нем было известно, больше не учитывается.
stop-not-met = Выполнение остановлено: шагу { $number } нужно «{ $condition }», а этого уже ничто не сделает.
stop-reached = Выполнение приостановлено после шага { $number }, как было задано.
stop-reached-window = Выполнение приостановлено после шага { $end }. Дойти нужно было до шага { $number }, но то, что он открыл, оставлять открытым нельзя; закрывает это шаг { $end }.
stop-before = Выполнение приостановлено перед шагом { $number }, как было задано.
stop-aborted = Выполнение прекращено.
stop-person = Выполнение ждет человека: шаг { $number }.
stop-prompt = Сценарий Ansible шага { $number } что-то спрашивает в своем терминале, а рядом никого нет. Он продолжает ждать.
stop-at-work = Над ним работает { $by }.
stop-claims = Выполнение остановлено до первого изменения: то, на чем держится план, не так.
stop-locked = Эту установку держит { $owner }, выполнение { $run } (видно на { $node }).
    .help = если над тем выполнением никто больше не работает: --take-over; того, что оно оставило в работе, ctsup дождется, а не начнет снова
stop-nobody = Ни на одном узле не удалось взять блокировку:{ $why }
stop-raced = Кто-то другой взял блокировку в тот же момент (видно на { $node }).
    .help = посмотрите, кто: повторите команду
stop-killed = Здесь программа погибла, как того хотел сбой.
stop-journal = Выполнение остановлено: журнал не записывается ({ $why }), поэтому больше ничего не начато.
stop-taken-over = Выполнение остановлено: { $known ->
    [yes] установку перехватил { $owner }
   *[no] установку перехватил кто-то другой
}. Отсюда больше ничего не делается.
stop-ours = Выполнение остановлено из-за ошибки в самом ctsup: { $why }
stop-remedy = Что делать: { $how }
stop-unchanged = Ничего не изменено.

## Что остается после остановки

left-now = Как обстоят дела по плану и записанному в журнал
left-release-file = версия по файлу { $release }, на сервере не проверена
left-release-unknown = какой версии, неизвестно
left-stack-unknown = точно неизвестно
left-stack-silent = { $stack }: неизвестно, сервер не отвечает
left-active-unknown = активным был { $node }; так ли это до сих пор, неизвестно: { $silent } не отвечает
left-nothing-met = Никакие данные с новой версией не встречались.
left-met-back = С новой версией уже работали данные: { $data }. Теперь с ними работает старая версия; оставьте ее образы закрепленными до следующего обновления.
left-met = Данные, с которыми работала новая версия: { $data }. Контейнеры старой версии на них запускать нельзя.
left-no-return = Точка невозврата позади: назад ведет только резервная копия.
left-doubt = Под вопросом
left-doubt-unknown = что он сделал, неизвестно
left-doubt-step = шаг { $number }, { $title }
left-running = В работе
left-running-step = шаг { $number } на { $node }: { $title }
left-running-lost = шаг { $number } на { $node }: { $title }. Сервер не отвечает: команда может идти, могла закончиться или так и не начаться
left-overdue = Команда идет дольше, чем должна. Посмотрите на { $node }, чем она занята; если зависла, завершите ее там командой kill, затем resume: ctsup прочитает, чем она закончилась
left-overdue-rehearsed = Команда зависла. На сервере вы завершили бы ее командой kill; здесь это за вас делают resume и abort
left-debts = Долги
left-debt = { $what }
left-debt-unsure = { $what } (возможно)
left-debt-pays = на { $node }: { $command }
left-debt-step = возвращает шаг { $number }
left-debt-person = об этом должен позаботиться человек
left-stays = Остается, как и было: это принято в файле. { $what }.
left-no-debts = Долгов нет.
left-next = Что дальше
next-resume = ctsup resume { $run }
    .why = продолжает с того места, где остановилось
next-resume-asks = сначала проверяет то, что под вопросом, потом продолжает
next-resume-yes = ctsup resume { $run } --yes
    .why = на все вопросы отвечает «да»; в терминале без --yes спросит вас
next-confirm = ctsup confirm { $run } { $step }
    .why = отвечает «да»; с --answer no отвечает «нет»
next-confirm-again = отвечает «да»; с --answer no отвечает «нет», с --answer again: еще раз
next-attach = ctsup attach { $run }
    .why = показывает терминал сценария, там вы отвечаете; затем resume
next-observe = ctsup observe ФАЙЛ -o facts.toml
    .why = читает, как обстоят дела сейчас; ничего не меняет
next-plan = ctsup plan ФАЙЛ --from-run { $run } --facts facts.toml
    .why = затем составляет план заново; новый план одобряется заново
next-abort = ctsup abort { $run }
    .why = прекращает выполнение: settings, блокировки, антивирус; службы оставляет человеку
next-abort-busy = просит остановиться после того, что уже идет; чтобы прекратить выполнение, затем повторите
next-abort-rehearsed = прекращает репетицию
next-again = составьте план заново: то, что было известно, не так

## Списки выполнений

runs-none = в { $dir } выполнений нет
runs-finished = сделано
runs-stopped = остановлено
runs-given-up = прекращено
runs-running = идет
runs-new = не начато
runs-damaged = не читается: { $why }
runs-rehearsal = репетиция

## Отчет

report-title = Выполнение { $run } на { $site }
report-title-rehearsed = Репетиция { $run }, { $site }
report-rehearsed = На серверах ничего не выполнялось: узлы, время и ответы вымышлены.
report-digest = План { $digest }
report-span = { $from } – { $to }, { $span }
report-by = Выполнял: { $by }
report-steps = Шаги
report-number = №
report-what = Шаг
report-planned = По плану
report-actual = На деле
report-how = Чем закончился
report-attempts = начинался раз
report-people = Что сказали люди
report-debts = Взято взаймы и возвращено
report-paid = { $what }: открыл шаг { $number }, вернул шаг { $paid }
report-unpaid = { $what }: открыл шаг { $number }, ЕЩЕ НЕ ВОЗВРАЩЕНО
report-nothing = ничего
status-waiting = не начат
status-looking = проверяет
status-sent = отправлен
status-running = идет
status-lost = вне досягаемости
status-unknown = неизвестно
status-again = начнется снова
status-asking = ждет человека
status-fell = нужного нет
status-failed = завершился ошибкой
status-refused = человек сказал «нет»
status-done = сделан

## Утверждения перед первым изменением

claims-tested = Проверено { $told } из { $count ->
    [one] { $count } утверждения, которое можно
   *[other] { $count } утверждений, которые можно
} узнать с серверов
claims-fell = не так: { $claim }
claims-seen = видно: { $seen }
claims-untested = не проверено: { $claim } ({ $why })

## Что может быть не так с выполнениями

run-no-such = выполнения { $run } в { $dir } нет
    .help = список показывает ctsup runs
run-no-dir = { $dir }: такого каталога нет
run-no-dir-file = { $dir } — не каталог
run-none = в { $dir } выполнений нет
    .help = начинает ctsup run ПЛАН
run-several = не закончено несколько выполнений: { $runs }
    .help = назовите нужное
run-journal = { $file }, строка { $line }: { $damage ->
    [no-header] нет целой первой строки
    [version] журнал формата { $said }, эта версия ctsup его не читает
    [shape] это не запись журнала ({ $said })
    [sum] запись изменена
   *[chain] она не продолжает предыдущую строку
}
    .help = из поврежденного журнала ничего не угадывается; копии на узлах могут быть целы: ctsup resume { $run } --fetch ФАЙЛ
run-busy = над выполнением { $run } работает другой процесс
run-busy-order = над выполнением { $run } работает другой процесс; его попросили остановиться: когда он остановится, повторите ctsup abort
run-plan = { $file }: план этого выполнения не читается
    .help = копии на узлах могут быть целы: ctsup resume { $run } --fetch ФАЙЛ
run-not-approved = этот план никто не одобрил
    .help = одобряет --digest { $digest } или ответ «да» в терминале
run-digest-wrong = у плана другой дайджест: { $digest }
    .help = одобрен был другой план; сравните их: ctsup diff
run-finished-already = выполнение { $run } закончено
run-nothing-asked = шаг { $step } человека не ждет
run-answered-already = шаг { $step } уже сделан: { $by ->
    [none] { $at }
   *[other] { $at }, ответил { $by }
}
run-answer-unfit = на шаг { $step } отвечают «да» или «нет»
run-was-refused = на шаг { $step } человек уже сказал «нет»
    .help = ctsup resume { $run } спросит снова
run-ours = ошибка в самом ctsup, или в журнале то, чего не может быть: { $why }
run-machine = машина не дает программе того, что ей нужно: { $why }
run-journal-gone = { $file }: журнал этого выполнения пропал
    .help = копии на узлах могут быть целы: ctsup resume { $run } --fetch ФАЙЛ
run-fault-wrong = --fault { $value }: нужно ШАГ=СБОЙ, где СБОЙ — одно из { $kinds }
run-fault-no-command = --fault { $value }: этот шаг не отправляет команд, с которыми что-то может случиться
run-fault-no-question = --fault { $value }: этот шаг ни о чем не спрашивает
run-fault-twice = --fault { $value }: для этого шага сбой уже задан
fault-told = Сбой { $step }={ $kind }: { $happened ->
   *[no] до него не дошло
    [fail] команда ничего не сделала и вернула код завершения 1
    [fail-after] команда сделала все и вернула код завершения 1
    [hang] команда ничего не сделала и не закончилась
    [slow] команда началась на час позже
    [drop] связь прервалась во время команды
    [drop-after] связь прервалась сразу после команды
    [kill-ctsup] ctsup был убит во время команды
    [kill-node] сервер потерял питание во время команды
    [reboot] сервер перезагрузился во время команды
    [disk-full] с этого момента диск был полон
    [garbage] вместо вывода команды пришел мусор
    [said-no] человек сказал «нет»
}
run-rehearsal-changed = эту репетицию продолжить нельзя: она идет не так, как шла
run-is-rehearsal = { $run } — репетиция
run-is-rehearsal-confirm = { $run } — репетиция
    .help = ctsup resume { $run } задаст ее вопрос снова в терминале; с --yes ответит «да»
run-fetch-other = в { $dir } лежит журнал другого плана, чем копия на { $node }
    .help = уберите этот каталог в сторону, затем повторите
run-fetch-in-the-way = { $dir } мешает: это не выполнение
    .help = уберите его в сторону, затем повторите
run-ended-by-hand = то, что зависло на узлах, завершено
from-run-other-site = выполнение { $run } относится к { $theirs }, а файл описывает { $ours }
run-given-up = от выполнения { $run } отказались
    .help = узнайте состояние командой ctsup observe и составьте план заново
plan-of-rehearsal = { $run } — репетиция: план из нее можно прочитать, но не сохранить
    .help = на серверах ничего из нее не выполнялось; уберите -o и --format
warning-rehearsed = предупреждение: план составлен по репетиции; на серверах ничего из нее не выполнялось
run-rehearsal-unreadable = { $file }: это репетиция, и прочитать ее нельзя: { $why }
    .help = отрепетируйте заново; на серверах ничего из нее не выполнялось
run-confirmed = шаг { $step }: записано
run-reached = { $node }: вход выполнен, пользователь { $user }
run-not-reached = { $node }: { $why }
run-obstacle = { $why ->
    [not-in-plan] такого сервера в плане нет
    [no-address] у имени нет адреса
    [refused] там никто не слушает
    [silent] никто не отвечает вовремя
    [unknown-host] ключ узла неизвестен: войдите один раз сами и сверьте его
    [other-host] ключ узла НЕ тот, что известен
    [login-refused] во входе отказано
    [become-refused] sudo требует пароль или отказывает
   *[other] что-то мешает
}
attach-begun = { $step } на { $node }: все, что вы набираете, получает сценарий. Ctrl-]: выйти, сценарий продолжит работу.
attach-ended = { $step }: сценарий завершился
attach-left = { $step }: сценарий работает дальше
attach-nothing = выполнение { $run }: ни один сценарий Ansible сейчас не работает
attach-lost = { $why }
    .help = сценарий работает дальше; повторите ctsup attach
attach-hint = он может что-то спросить: ответить можно командой ctsup attach в другом терминале
run-password-login = Пароль { $user } (пробуется на всех серверах):
run-password-login-own = { $node } пароль не принял. Пароль { $user } на { $node }:
run-password-become = Пароль { $user } для sudo (пробуется на всех серверах):
run-password-become-own = { $node } пароль не принял. Пароль { $user } для sudo на { $node }:
run-password-registry = Пароль { $user } в реестре { $url }:
run-password-registry-again = Реестр пароль не принял. Пароль { $user } в реестре { $url }:
observe-untold = { $fact }: не узнать: { $why }
observe-by-person = { $fact }: с серверов не узнать; посмотрите сами: { $command }
observe-given = Не прочитано с серверов, а взято из --facts
observe-head = Факты, прочитанные с серверов { $site }
run-no-copy = ни на одном узле { $site } целой копии этого выполнения нет
run-caught-up = у здешнего журнала не было конца; он нашелся на { $node }
run-elsewhere = выполнение { $run } продолжили в другом месте: журнал на { $node } знает то, чего нет в здешнем
    .help = уберите каталог выполнения в сторону, затем: ctsup resume { $run } --fetch ФАЙЛ
run-fetched = { $run }: взято с { $node }
run-fetch-there = выполнение { $run } здесь уже есть, и его журнал цел
    .help = ctsup resume { $run } продолжит его и возьмет с узлов то, чего в нем нет
run-no-topology = { $file }: в этой топологии ошибки
    .help = их назовет ctsup check { $file }

## План из выполнения

from-run-active = по выполнению { $run } нельзя сказать, какой узел { $what } активен; план из него не составить
    .help = прочитайте это командой ctsup observe ФАЙЛ -o ФАКТЫ и передайте: ctsup plan ФАЙЛ --from-run { $run } --facts ФАКТЫ
from-run-nothing = выполнение { $run } не закончено, а делать будто бы нечего: плана из этого не будет
    .help = продолжите: ctsup resume { $run }; или прочитайте факты заново: ctsup observe ФАЙЛ -o facts.toml, и планируйте с --facts facts.toml

## Что увидел сам ctsup

seen-booted = { $a } перезагрузился
seen-by-hand = { $a ->
    [password] ctsup этого не спрашивал: нужен пароль, а ввести его здесь некому. Наберите на сервере и оцените ответ:
    [terminal] ctsup этого не делал: нужен терминал или редактор. Наберите на сервере:
   *[other] ctsup этого не делал: это делается не на сервере. Сделайте и оцените:
}
seen-busy = на узле работает другая команда: { $a }
seen-changed-meanwhile = между чтением и записью файл кто-то изменил
seen-cluster = { $a ->
    [absent] узла { $b } в кластере нет
    [coordinator-offline] координатор { $b } будто бы не в сети
    [failed] { $b }: сбой или блокировка
    [in-transition] { $b } между двумя состояниями
    [maintenance] кластер на обслуживании
    [no-quorum] у кластера нет кворума
    [node-maintenance] узел { $b } на обслуживании
    [not-on] { $b } не на { $c }
    [not-started] { $b } не запущен на { $c }
    [nowhere] { $b } нигде не работает
    [offline] узел { $b } не в сети
    [pending] узел { $b } еще присоединяется
    [runs-offline] { $b } будто бы работает на { $c }, а тот не в сети или неизвестен
    [several] { $b } работает на нескольких узлах: { $c }
    [shutting-down] узел { $b } выключается
    [standby] узел { $b } в режиме standby
    [unclean] узел { $b } в состоянии unclean
    [unknown] ресурса { $b } нет
   *[unreliable] { $b } будто бы работает на { $c }, но этому нельзя верить
}
seen-container = { $a }: { $b ->
    [dead] docker от него отказался
    [restarting] все время перезапускается
    [starting] запускается
   *[unhealthy] проверка работоспособности не проходит
}
seen-edit-refused = { $a ->
    [no-mapping] `images` — не отображение
    [unreadable] файл не читается как YAML: строка { $b }, столбец { $c }
   *[unsafe] правка изменила бы больше, чем нужно
}
seen-exit = код завершения { $a }: { $b }
seen-failed-start = { $a } не запустился на { $b }, и Pacemaker это помнит. Выясните почему, затем: pcs resource cleanup { $a }
seen-garbled = { $a } ответил не на то, о чем спрашивали: { $b }
seen-lost = связь с { $a } прервалась: { $b }
seen-never-arrived = команда туда не дошла
seen-no-containers = в docker там нет ни одного контейнера { $a }, и работает ли он, не узнать
seen-no-directory = на сервере нет каталога { $a }: создайте или примонтируйте его
seen-no-docker = docker там не запущен, а знает это только он
seen-no-room = копировать { $a } байт, свободно { $b }
seen-not-answered = { $a } не ответил за { $b } с
seen-not-ours = блокировку на узле держит кто-то другой (поколение { $a })
seen-not-text = файл не в UTF-8
seen-partly-down = не работают { $b } контейнеров { $a }: { $c }
seen-places = cluster_ip: { $a }, dockerd: { $b }
seen-places-unsettled = пока неясно
seen-unreadable = { $a }: ответ непонятен: { $b }
seen-unreachable = { $a }: { $b } ({ $said })

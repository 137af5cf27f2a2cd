# Words: a run as people watch it, and what is said when it stops and when it is over.

## Events, one line each

run-step = { $number }/{ $count } { $title }
run-approved = { $by } approved the plan { $digest }
run-attached = { $by } carries the run out
run-boot-changed = { $node } booted meanwhile: what was known of it is void
run-fell = not so any more: { $what }
run-started = $ { $command }
run-not-launched = not started: { $seen }
run-lost = { $node } cannot be asked any more: { $seen }
run-reattached = watched again
run-overdue = takes longer than { $limit }. It is not ended for that: look on the server what it does
run-vanished = does not run any more and left no exit code
run-probed = { $verdict ->
    [done] looked: it is done
    [not-done] looked: it is not done
   *[other] looked: nobody can tell but a person
}
run-done = { $how ->
    [ran] done in { $span }
    [found] was done already
   *[other] told
}
run-failed = FAILED: { $reason }
run-answered = { $answer ->
    [done] { $by }: yes
    [again] { $by }: once more
   *[other] { $by }: no
}
run-stop-asked = { $by }: stop { $at_once ->
    [true] at once
   *[other] after what is under way (Ctrl-C once more: at once)
}
run-aborting = { $by } gives the run up
run-finished = everything is done
run-progress = { $done } of { $count } · { $spent } · about { $left } left
run-broken-off = was under way when the program ended
run-until-now = { $spent } until now, usually { $span }

## Why a step failed

failed-exit = exit code { $code }
failed-active-elsewhere = the active node is another one
failed-active-unsettled = it cannot be said which node is the active one
failed-move-failed = the move failed, exit code { $code }; it may have left a constraint
failed-target-not-usable = the node cannot take the resources
failed-not-arrived = the resources did not arrive in time
failed-cluster-unreadable = the cluster does not say how it stands
failed-unreadable = the answer cannot be understood
failed-no-room = there is too little room
failed-copy-differs = the copy is not the same as what was copied
failed-no-copy = the file was not copied, so it was not touched
failed-no-file = there is no such file
failed-no-answer = no answer
failed-edit-refused = the file was not edited: the change is not beyond doubt
failed-limit = the time is up
failed-probe = the site's own check does not agree
failed-no-boot-id = the node does not tell its boot id
failed-playbook = the playbook did not end well
failed-registry-login = the registry refused the name or the password
failed-registry-silent = the registry does not answer
failed-registry-odd = the registry answers something odd
failed-other = { $reason }

## Questions to a person

ask-agree = { $title }
ask-repeat = What became of step { $number } is not known: { $title }
    .ask = Is it done? (yes: it is done; again: do it once more; no: stop)
ask-judge = { $title }
    .ask = Is it in order? (yes: go on; again: look once more; no: stop)
ask-seen = Seen:
ask-answers = [yes/no]
ask-answers-again = [yes/again/no]
ask-not-understood = please answer yes or no
ask-not-understood-again = please answer yes, again or no
ask-words-yes = yes y
ask-words-no = no n
ask-words-again = again a

## Approval

approve-head = { $steps }, { $span }
approve-digest = Digest: { $digest }
approve-claims = It rests on what was said and seen; that is tested again before the first change.
approve-before = This very plan was carried out to its end already: run { $run }. Carried out once more it does everything again.
approve-ask = Carry it out?
approve-refused = not approved; nothing was done

## Why it stopped

stop-head-done = Everything is done.
stop-head-rehearsed = Rehearsed on hosts that are not there; nothing was touched.
stop-not-ready = The run stopped: nothing can begin.
stop-asked = The run stopped, as it was asked to.
stop-asked-at-once = The run was left at once; what runs on the nodes runs on.
stop-failed = The run stopped: step { $number } failed.
stop-failed-code = The run stopped: step { $number } failed, exit code { $code }.
stop-refused = The run stopped: a person said no to step { $number }.
stop-fell = The run stopped: what step { $number } needs is not so.
stop-lost = The run stopped: { $node } cannot be asked what became of step { $number }.
stop-rebooted = The run stopped: { $node } booted, and what was known of it is void.
stop-not-met = The run stopped: step { $number } needs “{ $condition }”, and nothing brings that about any more.
stop-reached = The run paused after step { $number }, as it was told to.
stop-reached-window = The run paused after step { $end }. It was to go up to step { $number }, but what that opened must not stay open, and step { $end } closes it.
stop-before = The run paused before step { $number }, as it was told to.
stop-aborted = The run is given up.
stop-person = The run waits for a person at step { $number }.
stop-prompt = The playbook of step { $number } asks something at its terminal, and nobody is there. It goes on waiting.
stop-at-work = { $by } is at work on it.
stop-claims = The run stopped before the first change: what the plan rests on does not hold.
stop-locked = { $owner } has this installation, run { $run } (seen on { $node }).
    .help = if nobody is at work on that run any more: --take-over; what it left running is watched, never started again
stop-nobody = No node could be locked:{ $why }
stop-raced = Somebody else took the lock at the same moment (seen on { $node }).
    .help = the same command again tells who
stop-killed = The program died here, as the fault wanted.
stop-journal = The run stopped: its journal cannot be written ({ $why }), so nothing more was begun.
stop-taken-over = The run stopped: { $known ->
    [yes] { $owner } has
   *[no] somebody else has
} taken the installation over. Nothing more is done from here.
stop-ours = The run stopped by a mistake of ctsup's own: { $why }
stop-remedy = What to do: { $how }
stop-unchanged = Nothing was changed.

## What a stop leaves

left-now = How it stands, by the plan and what was written down
left-release-file = release { $release } by the file; nobody looked
left-release-unknown = its release is not known
left-stack-unknown = not known for sure
left-stack-silent = { $stack }: not known, its server does not answer
left-active-unknown = { $node } was the active node; whether it still is is not known, for { $silent } does not answer
left-nothing-met = No data has met the new release.
left-met-back = Data that the new release has met: { $data }. The old release works on it now; keep its images pinned until the next upgrade.
left-met = Data that the new release has met: { $data }. Containers of the old release must not be started on it.
left-no-return = The point of no return is behind: only the backup leads back.
left-doubt = In doubt
left-doubt-unknown = what it did is not known
left-doubt-step = step { $number }, { $title }
left-running = Under way
left-running-step = step { $number } on { $node }: { $title }
left-running-lost = step { $number } on { $node }: { $title }. The server does not answer: it may run, be over, or never have begun
left-overdue = It takes longer than it should. Look on { $node } what it does; if it hangs, end it there with kill, then resume: ctsup reads how it ended
left-overdue-rehearsed = It hangs. On a server you would end it with kill; here resume and abort do that for you
left-debts = Owed
left-debt = { $what }
left-debt-unsure = { $what } (perhaps)
left-debt-pays = on { $node }: { $command }
left-debt-step = paid by step { $number }
left-debt-person = a person has to see to it
left-stays = Stays as it was before, by what the file accepts: { $what }.
left-no-debts = Nothing is owed.
left-next = What next
next-resume = ctsup resume { $run }
    .why = goes on where it stopped
next-resume-asks = looks first at what is in doubt, then goes on
next-resume-yes = ctsup resume { $run } --yes
    .why = answers every question with yes; on a terminal, without --yes, it asks you
next-confirm = ctsup confirm { $run } { $step }
    .why = says yes; with --answer no it says no
next-confirm-again = says yes; with --answer no it says no, with --answer again: once more
next-attach = ctsup attach { $run }
    .why = shows the playbook's terminal, where you answer; then resume
next-observe = ctsup observe FILE -o facts.toml
    .why = reads how things stand now, and changes nothing
next-plan = ctsup plan FILE --from-run { $run } --facts facts.toml
    .why = then plans anew from there; the new plan is approved anew
next-abort = ctsup abort { $run }
    .why = gives the run up: settings, locks, antivirus; services are left to a person
next-abort-busy = asks it to stop after what is under way; then call it again to give the run up
next-abort-rehearsed = gives the rehearsal up
next-again = plan anew: what was known does not hold

## Lists of runs

runs-none = there are no runs in { $dir }
runs-finished = done
runs-stopped = stopped
runs-given-up = given up
runs-running = under way
runs-new = not begun
runs-damaged = cannot be read: { $why }
runs-rehearsal = rehearsal

## The report

report-title = Run { $run } of { $site }
report-title-rehearsed = Rehearsal { $run } of { $site }
report-rehearsed = Nothing of it happened on servers: the hosts, their times and answers were made up.
report-digest = Plan { $digest }
report-span = { $from } – { $to }, { $span }
report-by = Carried out by { $by }
report-steps = Steps
report-number = No.
report-what = Step
report-planned = Planned
report-actual = Actual
report-how = How it ended
report-attempts = times begun
report-people = What people said
report-debts = Borrowed, and given back
report-paid = { $what }: opened by step { $number }, given back by step { $paid }
report-unpaid = { $what }: opened by step { $number }, STILL OPEN
report-nothing = none
status-waiting = not begun
status-looking = looking
status-sent = sent
status-running = running
status-lost = out of reach
status-unknown = not known
status-again = to be done again
status-asking = waits for a person
status-fell = need not met
status-failed = failed
status-refused = a person said no
status-done = done

## Claims before the first change

claims-tested = { $count ->
    [one] { $told } of { $count } claim that servers can tell tested
   *[other] { $told } of { $count } claims that servers can tell tested
}
claims-fell = not so: { $claim }
claims-seen = seen: { $seen }
claims-untested = not tested: { $claim } ({ $why })

## Things that go wrong with runs

run-no-such = there is no run { $run } in { $dir }
    .help = ctsup runs lists them
run-no-dir = { $dir }: there is no such directory
run-no-dir-file = { $dir } is no directory
run-none = there is no run in { $dir }
    .help = ctsup run PLAN begins one
run-several = several runs are not over: { $runs }
    .help = name the one you mean
run-journal = { $file }, line { $line }: { $damage ->
    [no-header] there is no whole first line
    [version] the journal is of format { $said }, which this ctsup does not read
    [shape] this is no record of a journal ({ $said })
    [sum] the record was changed
   *[chain] it does not follow on the line before
}
    .help = nothing is guessed from a damaged journal; the copies on the nodes may be whole: ctsup resume { $run } --fetch FILE
run-busy = another process is at work on run { $run }
run-busy-order = another process is at work on run { $run }; it was asked to stop: when it has, call ctsup abort again
run-plan = { $file }: the plan of this run cannot be read
    .help = the copies on the nodes may be whole: ctsup resume { $run } --fetch FILE
run-not-approved = nobody approved this plan
    .help = --digest { $digest } approves it, or answer yes on a terminal
run-digest-wrong = the plan has another digest: { $digest }
    .help = somebody else approved another plan; compare them with ctsup diff
run-finished-already = run { $run } is done
run-nothing-asked = step { $step } does not wait for a person
run-answered-already = step { $step } is done already: { $by ->
    [none] { $at }
   *[other] { $at }, answered by { $by }
}
run-answer-unfit = step { $step } is answered with yes or no
run-was-refused = a person said no to step { $step }
    .help = ctsup resume { $run } asks it anew
run-ours = a mistake of ctsup's own, or a journal that tells what cannot have happened: { $why }
run-machine = this machine gives the program less than it needs: { $why }
run-journal-gone = { $file }: the journal of this run is gone
    .help = the copies on the nodes may be whole: ctsup resume { $run } --fetch FILE
run-fault-wrong = --fault { $value }: STEP=KIND, where KIND is one of { $kinds }
run-fault-no-command = --fault { $value }: this step sends no command that could go wrong
run-fault-no-question = --fault { $value }: this step asks no question
run-fault-twice = --fault { $value }: another fault is given for this step already
fault-told = Fault { $step }={ $kind }: { $happened ->
   *[no] was not reached
    [fail] the command did nothing and said exit code 1
    [fail-after] the command did all its work and said exit code 1
    [hang] the command did nothing and never ended
    [slow] the command began an hour late
    [drop] the connection broke in the middle of the command
    [drop-after] the connection broke right after the command
    [kill-ctsup] ctsup was killed in the middle of the command
    [kill-node] the server lost its power in the middle of the command
    [reboot] the server booted in the middle of the command
    [disk-full] its disk was full from then on
    [garbage] the command's output was garbage
    [said-no] the person said no
}
run-rehearsal-changed = this rehearsal cannot be gone on with: it does not run as it did
run-is-rehearsal = run { $run } is a rehearsal
run-is-rehearsal-confirm = run { $run } is a rehearsal
    .help = ctsup resume { $run } asks its question again on a terminal; with --yes it answers yes
run-fetch-other = { $dir } holds the journal of another plan than the copy on { $node }
    .help = put that directory aside, then fetch again
run-fetch-in-the-way = { $dir } is in the way and is no run
    .help = put it aside, then fetch again
run-ended-by-hand = what hung on the hosts was ended
from-run-other-site = run { $run } is one of { $theirs }, the file describes { $ours }
run-given-up = run { $run } was given up
    .help = see how things stand with ctsup observe and plan anew
plan-of-rehearsal = run { $run } is a rehearsal: a plan from it can be read, not kept
    .help = nothing of it happened on the servers; leave out -o and --format
warning-rehearsed = warning: planned from a rehearsal; nothing of it happened on the servers
run-rehearsal-unreadable = { $file }: this is a rehearsal, and it cannot be read: { $why }
    .help = rehearse anew; nothing of it happened on servers
run-confirmed = step { $step }: written down
run-reached = { $node }: reached as { $user }
run-not-reached = { $node }: { $why }
run-obstacle = { $why ->
    [not-in-plan] the plan has no such server
    [no-address] the name has no address
    [refused] nobody listens there
    [silent] nobody answers in time
    [unknown-host] the host's key is not known: log in once by hand and compare it
    [other-host] the host's key is NOT the one that is known
    [login-refused] the login was refused
    [become-refused] sudo wants a password, or refuses
   *[other] something is in the way
}
attach-begun = { $step } on { $node }: what you type goes to the playbook. Ctrl-] leaves, the playbook goes on.
attach-ended = { $step }: the playbook has ended
attach-left = { $step }: the playbook goes on
attach-nothing = run { $run }: no playbook is under way
attach-lost = { $why }
    .help = the playbook goes on; ctsup attach again
attach-hint = it may ask something: ctsup attach in another terminal answers
run-password-login = Password of { $user }, tried on all servers:
run-password-login-own = Refused on { $node }. Password of { $user } on { $node }:
run-password-become = sudo password of { $user }, tried on all servers:
run-password-become-own = Refused on { $node }. sudo password of { $user } on { $node }:
run-password-registry = Password of { $user } in the registry { $url }:
run-password-registry-again = The registry refused it. Password of { $user } in the registry { $url }:
observe-untold = { $fact }: not told: { $why }
observe-by-person = { $fact }: no host tells it; look it up: { $command }
observe-given = Not read from servers, but given with --facts
observe-head = Facts read from the hosts of { $site }
run-no-copy = no node of { $site } has a whole copy of that run
run-caught-up = the journal here lacked its end; { $node } had it
run-elsewhere = run { $run } went on elsewhere: the journal on { $node } tells what this one does not
    .help = put the directory of the run aside, then: ctsup resume { $run } --fetch FILE
run-fetched = { $run }: fetched from { $node }
run-fetch-there = run { $run } is here already, and its journal is whole
    .help = ctsup resume { $run } goes on with it and takes from the nodes what it lacks
run-no-topology = { $file }: this topology has errors
    .help = ctsup check { $file } names them

## Planning from a run

from-run-active = run { $run } does not tell which node of { $what } is active, so nothing can be planned from it
    .help = read it with ctsup observe FILE -o FACTS and give it along: ctsup plan FILE --from-run { $run } --facts FACTS
from-run-nothing = run { $run } is not over, and yet nothing seems left to do: no plan is made of that
    .help = go on with ctsup resume { $run }; or read the facts anew with ctsup observe FILE -o facts.toml, and plan with --facts facts.toml

## What ctsup itself saw

seen-booted = { $a } has booted
seen-by-hand = { $a ->
    [password] ctsup did not ask it: it wants a password that nobody can type here. Type it on the server and judge what it answers:
    [terminal] ctsup did not do it: it wants a terminal or an editor. Type it on the server:
   *[other] ctsup did not do it: it is not done on a server. Do it and judge it:
}
seen-busy = another command runs on the node: { $a }
seen-changed-meanwhile = somebody changed the file between reading and writing
seen-cluster = { $a ->
    [absent] { $b } is not in the cluster
    [coordinator-offline] the coordinator { $b } is said to be offline
    [failed] { $b } failed or is blocked
    [in-transition] { $b } is between two states
    [maintenance] the cluster is in maintenance
    [no-quorum] the cluster has no quorum
    [node-maintenance] { $b } is in maintenance
    [not-on] { $b } is not on { $c }
    [not-started] { $b } is not started on { $c }
    [nowhere] { $b } runs nowhere
    [offline] { $b } is offline
    [pending] { $b } is joining the cluster
    [runs-offline] { $b } is said to run on { $c }, which is offline or unknown
    [several] { $b } runs on several nodes: { $c }
    [shutting-down] { $b } is shutting down
    [standby] { $b } is in standby
    [unclean] { $b } is unclean
    [unknown] there is no resource { $b }
   *[unreliable] { $b } is said to run on { $c }, which cannot be believed
}
seen-container = { $a }: { $b ->
    [dead] docker has given up on it
    [restarting] it restarts all the time
    [starting] it is starting
   *[unhealthy] its health check says no
}
seen-edit-refused = { $a ->
    [no-mapping] `images` is not a mapping
    [unreadable] the file cannot be read as YAML: line { $b }, column { $c }
   *[unsafe] the edit would change more than it should
}
seen-exit = exit code { $a }: { $b }
seen-failed-start = { $a } could not be started on { $b }, and Pacemaker has not forgotten it. Find out why, then: pcs resource cleanup { $a }
seen-garbled = { $a } answered what was not asked: { $b }
seen-lost = the connection to { $a } broke: { $b }
seen-never-arrived = the command never arrived there
seen-no-containers = docker there has no container of { $a }, so nobody can say whether it runs
seen-no-directory = there is no directory { $a } on the server: make or mount it
seen-no-docker = docker does not run there, and only docker knows it
seen-no-room = { $a } bytes to copy, { $b } free
seen-not-answered = { $a } did not answer within { $b } s
seen-not-ours = somebody else holds the lock on the node (generation { $a })
seen-not-text = the file is no UTF-8 text
seen-partly-down = of the containers of { $a } { $b } do not run: { $c }
seen-places = cluster_ip: { $a }, dockerd: { $b }
seen-places-unsettled = not settled
seen-unreadable = { $a } answers what cannot be read: { $b }
seen-unreachable = { $a }: { $b } ({ $said })

# Words: the plan as people read it.

heading-upgrade = Upgrade of { $site } from { $installed } to { $target }
heading-rollback = Rollback of { $site } from { $installed } to { $target }
heading-rollback-postgres = PostgreSQL back to its old version: { $site }
heading-rollback-begun = Back from an upgrade of { $site } that has brought nothing newer yet: it stays at { $target }
heading-certificate = New certificate for { $site }
heading-postgres = PostgreSQL upgrade of { $site }
heading-web-client = Upgrade of the Web Client of { $site }
heading-registry = Images for the registry of { $site }
heading-cleanup = Cleaning up after the upgrade of { $site }

plan-steps = { $count ->
    [one] { $count } step
   *[other] { $count } steps
}
plan-nodes = { $count ->
    [one] on { $count } node
   *[other] on { $count } nodes
}
plan-size = { $steps } { $nodes }
expected = one after the other they take { $span }
nothing-to-do = Nothing to do: the goal is reached already.
installed-already = { $target } is installed already by the file. Still there is something to do while nobody knows what these nodes have; known, and equal, they make the plan empty: { $facts }.
digest-short = What is approved is the digest { $digest }…
outages = Users are cut off
outage = { $count ->
    [one] step { $steps }
   *[other] steps { $steps }
}, { $span }; not available: { $what }{ $since ->
    [start] {" "}(since before the plan)
   *[plan] {""}
}
outage-over = Users can work again.
outage-goes-on = Users are still cut off, not available: { $what }.
dangers-at = { $count ->
    [one] A dangerous place: step { $steps }. Read about it beforehand.
   *[other] Dangerous places: steps { $steps }. Read about them beforehand.
}
look-first = { $count ->
    [one] Before you begin, look at the one assumption at the end of this plan.
   *[other] Before you begin, look at the { $count } assumptions at the end of this plan.
}
text-more = What to do when a step fails, and how it is undone: `ctsup explain FILE STEP`, or the runbook: `--format markdown`.
made-from = Made from the vendor's guide, build { $build }. Digest of this plan:

phase-prepare = Prepare
phase-quiet = Stop the antivirus
phase-gate = Check the clusters
phase-fetch = Fetch images
phase-back-up = Stop and back up
phase-first-half = { $halves ->
    [two] { $goal ->
        [upgrade] Upgrade the first nodes
        [rollback] Roll the first nodes back
       *[other] Change the first nodes
    }
   *[one] { $goal ->
        [upgrade] Upgrade
        [rollback] Roll back
        [postgres] Upgrade the database
        [certificate] Replace the certificate
        [web-client] Upgrade
        [cleanup] Delete
       *[other] Change
    }
}
phase-judge = Judge
phase-second-half = { $goal ->
    [upgrade] Upgrade the second nodes
    [rollback] Roll the second nodes back
   *[other] Change the second nodes
}
phase-verify = Verify
phase-restore = Give back what was borrowed
section-part = { $name } ({ $part } of { $of })

place-person = by a person

span = { $from } to { $to }
span-up-to = up to { $to }
span-s = { $from }–{ $to } s
span-s-exactly = { $to } s
span-s-up-to = up to { $to } s
span-min = { $from }–{ $to } min
span-min-exactly = { $to } min
span-min-up-to = up to { $to } min
time-min = { $min } min
time-min-s = { $min } min { $s } s
time-no-s = less than a second
time-h = { $h } h
time-h-min = { $h } h { $min } min

after = after { $steps }: { $reasons }
beside = may run beside { $steps }, in another console
block-next = Read what was printed. If it is as said above, go on:
same-output = the same output as in step { $step }: if it is fresh, the command need not be repeated
because-row = the guide's order ({ $rows })
because-row-ours = our order ({ $rows }), the guide does not say
because-needs = wanted to be so: { $condition }
because-keeps = that step needs: { $condition }; after this one it is so no more
because-takes-back = after that step it was so: { $condition }; this one ends it
because-site = the site's own step { $name } belongs there
cause-already = already so: { $conditions }
source-reading = our reading: { $reading }
source-rule = our rule: { $rule }
source-site = the topology file

debt-opens = from here { $what } (until step { $step })
debt-stays = from here { $what } (and after this plan)
debt-closes = { $what }: what step { $step } opened is closed
debt-closes-earlier = { $what }: what was open before this plan is closed

danger = DANGER
no-return = POINT OF NO RETURN
    .why = { $count ->
        [one] The next step crosses release { $barriers }. From there on no rollback leads back, only the backup.
       *[other] The next step crosses releases { $barriers }. From there on no rollback leads back, only the backup.
    }
    .at = { $count ->
        [one] This step crosses release { $barriers }. No rollback leads back over it, only the backup does.
       *[other] This step crosses releases { $barriers }. No rollback leads back over them, only the backup does.
    }
ask-done = Is it done?

assumed = Look at these before you begin: nobody has stated or seen them
assumed-otherwise = Where the answer is another one, write it into the file and make the plan anew. No output of `grep` or `sed` means that there is no such line; `ls` for settings must name exactly one file.
declared = What the plan rests on: written in the file
observed = What the plan rests on: read from the hosts
stays-open = What stays open after this plan
accepted = Risks accepted in the file
left-out = Left out, and why
readings = How the guide is read where it can be read in several ways
reading-taken = { $question }: { $taken }.
reading-others = Could also be: { $others }.
reading-choose = `{ $key }` in the file chooses.

undo-commands = by these commands, in the same place:
undo-person = { $why }
undo-irreversible = cannot be undone. Why: { $why }
undo-move = move both resources back to { $node }: its containers worked on this data until the move.
undo-move-until = until step { $step } has begun, move both resources back to { $node }: its containers worked on this data. After step { $step } move nothing: a person decides.
undo-move-new = move both resources back to { $node }: its containers are the new ones already.
undo-stop-upgrade = only if step { $step } (the database's upgrade) has not begun; after it the postgres container and the database's files are others, and the way back is a plan of its own (“If you must go back”).
undo-stop-old = if step { $step } was done, the postgres container is another one: first `{ $command }`, then:
undo-stays-stopped = do not start it: these containers are of another release than the data and the nodes that were changed. Work goes on when both resources are moved back to { $node } (undo of step { $step }).

# The runbook.
servers = Servers
server = Server
server-name = Full name
server-login = Login
chapters = In short
chapter = Part
chapter-steps = Steps
chapter-nodes = Where
chapter-takes = Expected
started = Started
finished = Finished
by = By
done = Done
agreed = Agreed
read = Read
hazards = Dangers
at-step = Step { $step }.
debts = Borrowed, and given back
debt = What
debt-from = From step
debt-until = Until step
debt-paid = Given back
debt-never = stays open
begin = Before you begin
begin-login = You can log in to { $node }:
steps = The steps
steps-stop = Go step by step. If something is not as described here, stop and read “If it fails” before you do anything else. Write down the times: they are the first thing anybody asks for.
on-node = on { $node } as { $user }
question = Question:
yes-on = yes, go on
no-stop = no: stop here
no-skip = no: { $more ->
    [yes] leave out { $steps } and go on to step { $next }
   *[none] leave out { $steps }
}
fails = If it fails:
fails-left = What it may have left: { $halves }.
fails-in-window = First of all: if dockerd is on { $node } already, old containers work on newer data there. Stop them at once (step { $step }): `{ $command }` on { $node }; everything else comes after.
fails-playbook-window = If the playbook broke off, first of all see on which node dockerd is. If it is on { $node } and the containers there are old, stop them: `dpl --dc stop` in the directory of CTS.
undo = Undo:
way-back = If you must go back
way-back-intro = The whole way back is a plan of its own, made for the step at which you stopped. Write these lines into the file, then: `ctsup plan FILE --goal rollback --at STEP`, where STEP is the name of the last step that was done.
way-back-voex = VoEx goes back, too; with false the new one stays
way-back-voex-stays = this plan does not change VoEx
way-back-database = If the database's upgrade (step { $step }) has begun and the new release has not been started yet (step { $until } has not begun), the way back is another one: the old database files are put back. Write these lines instead of those above, and leave `release.installed` as it is. If `postgres_upgrade` still stands in settings then, take that line out first.
way-back-database-only = Once the database's upgrade (step { $step }) has begun, the way back is a plan of its own: the old database files are put back. Write these lines into the file, then: `ctsup plan FILE --goal rollback`. If `postgres_upgrade` still stands in settings, take that line out first.
way-back-image = the image before the upgrade, it is in the saved list
way-back-old-files = the directory with the old files in the database's data directory
way-back-now = Without `--at` write what is so now, too: in the file the nodes are as they were before the upgrade. Where the file has such a table already, add to it and do not repeat it.
way-back-release = if step { $step } has at least begun; otherwise "{ $installed }"
way-back-active = { $nodes }: the one that has dockerd by `pcs status`
way-back-constraints = names cli-… from `pcs constraint --full`; if there are none, []
way-back-pins = or "restore": from the backup, what was written since is lost
way-back-restore = the old images do not go on this data
way-back-lists = fetch the lists from the nodes first, then name your copies here
way-back-home = where the resources were before the upgrade
way-back-each = How each single step is taken back. The last step stands first: find the last one that was done and go down the list from there. Steps that are not listed need no undo. Once data is newer than the containers, nothing is moved or started without a decision.
way-back-barrier = If any step above this line was done, nothing but the backup leads back.
sources = Where each step comes from
source-step = Step
source-title = What
source-place = Guide

# One step explained.
explain-why = Why this step
explain-rests-on = it rests on: { $claim }
explain-needs = What must be so before it
explain-since = { $condition } (since step { $step })
explain-from-start = { $condition } (so from the start)
explain-then = Why then
explain-no-waits = it waits for nothing and may come first
explain-implied = also after { $steps }: { $reasons } (follows from the other waits)
explain-waiting = What waits for it
explain-leaves = What is so after it
explain-fails = If it fails
explain-limit = reported when it takes longer than { $span }
repeat-safe = may be repeated
repeat-probe-first = before repeating it, look whether it is done or still runs
repeat-ask-first = never repeated without a person's decision
undo-nothing = nothing to undo

# The difference of two plans.
difference-digest = The digests differ, but nothing that concerns people does.
difference-made-from = What the plan is for and made from
difference-guide = the vendor's guide, build { $build }
difference-catalogue = the release catalogue
difference-steps = Steps that went and came
difference-changed = Steps that changed
difference-title = title
difference-place = place
difference-what = what it is
difference-commands = commands
difference-edit = lines of settings
difference-phase = phase
difference-sources = sources
difference-needs = needs
difference-leaves = leaves
difference-undo = undo
difference-reasons = reasons
difference-wait = after { $step }: { $reasons }
difference-written = Waits that are written down
difference-times = times
difference-order = Order that is promised
difference-before = { $first } before { $second }: { $reasons }
difference-listed = Some steps that are in both plans are listed in another order.
difference-claims = Claims it rests on
difference-accepted = Risks accepted
difference-hazards = Hazards
difference-no-return = Point of no return
difference-open = What stays open at the end
difference-left-out = Left out
difference-readings = Readings of the guide
difference-start = The state it starts from

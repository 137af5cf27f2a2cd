# Words: the proof of a plan.

proof-heading = Proof: { $plan }
proof-proven = PROVEN
    .why = No order of steps that the plan allows and no single fault breaks a rule, and every fault has a way out.
proof-refuted = REFUTED
    .why = The plan can go wrong. It must not be run; below is told how it happens.
proof-not-covered = NOT ALL COVERED
    .why = Nothing wrong was found, but not everything was looked at that has to be. The plan does not count as proven.

proof-story = { $count ->
    [one] How it happens
   *[other] How it happens: story { $number } of { $count }
}
proof-story-rule = This rule is broken: { $rule }.
proof-story-start = Nothing is done yet.
proof-story-done = Done are steps { $steps }.
proof-story-not-done = Not yet done is step { $step }: { $title }.
proof-story-not-done-several = Not yet done are steps { $steps }.
proof-story-running = Under way is step { $step }: { $title }.
proof-story-starts = Now starts step { $step }: { $title }.
proof-story-own-order = The plan goes in its own order up to step { $step }: { $title }.
proof-story-fault = And then: { $fault }.
proof-story-end = The plan has come to its end.
proof-story-shape = Step { $step } cannot be like that: { $title }.
proof-story-then = At this moment: { $facts }.
proof-story-left = What is true then: { $facts }.
proof-story-prevented = It would not have happened if:
proof-story-edge = step { $later } waited for step { $earlier }
proof-story-step = there had been a step before, after which { $condition }
proof-story-no-cure = No single wait between steps prevents it.
proof-story-more = { $count ->
    [one] There is { $count } more story: ctsup prove --full shows it.
   *[other] There are { $count } more stories: ctsup prove --full shows them.
}
proof-fact-done = step { $step } is done
proof-fact-not-done = step { $step } is not done
proof-fact-running = step { $step } is under way
proof-fact-in-window = the window is open that step { $step } closes
proof-fact-outside-window = it is not the window that step { $step } closes

rule = { $number } — { $what }
rule-needs = a step finds what it needs
rule-goal = what the plan is for is reached at its end
rule-way-out = every fault has a way out

proof-assumptions = Taken for granted
assumption-start-holds = the installation is as the plan's start and its claims say
assumption-nobody-else = nobody else changes anything while the plan runs
assumption-single-fault = one fault; after it the plan is made anew
assumption-one-job-per-node = one command of ours on a node, and only one anywhere that interrupts service
assumption-shared-data = the nodes of a cluster share their data: { $about }
assumption-own-data = each node of a cluster has data of its own: { $about }
assumption-containers-follow = dockerd starts, on a node that it comes to, the containers that were last there
assumption-stopped-stays = what dpl stopped does not start by itself, nor after a reboot
assumption-antivirus-boots = the antivirus starts when its node boots
assumption-fails-over = when the active node dies, Pacemaker starts the resources on the other one
assumption-fetch-only-fetches = dpl -g only fetches images
assumption-meets-at-once = the new release may touch the data from the first second of a deploy
assumption-deploy-again = a deploy that was cut off can be run again
assumption-backup-restores = a backup that was verified can be restored
assumption-no-backup = there is no backup, and the risk is accepted: { $about }
assumption-playbook-as-said = Ansible's playbooks do to the nodes what the plan says; where the resources are afterwards, a person looks: { $about }
assumption-own-steps-harmless = the site's own steps change only what is declared for them: { $about }
assumption-user-functions = what users need for messages, calls, files and web is our knowledge, not the guide's
assumption-durations = how long a step takes is from the catalogue or the file

proof-covered = What was looked at
proof-covered-whole = { $states } states: all { $steps } in every allowed order, steps under way included
proof-covered-inert = { $states } states: every order of all steps but { $inert }; those touch nothing that a rule looks at, and where they stand changes nothing
proof-covered-per-rule = { $states } states in { $walks } walks, one for each rule: the plan is too wide for one walk (the limit is { $limit })
proof-covered-none = nothing: the plan does not fit the model
proof-covered-faults = { $tried } faults: each in every state in which a step runs, for all that the step can have left
proof-covered-faults-own = { $tried } faults, but only along the plan's own order
proof-covered-mixed = { $count ->
    [one] not looked at: { $count } state in which one fault finds several steps half done
   *[other] not looked at: { $count } states in which one fault finds several steps half done
}
proof-dead-ends = { $count ->
    [0] none of them without a way out
   *[other] without a way out: { $count }
}

proof-rules = Rules
proof-rules-holds = hold: { $rules }
proof-rules-broken = BROKEN: { $rules }
proof-rules-untouched = not touched by this plan: { $rules }
proof-rules-planning = kept by the planner: { $rules }
proof-rules-running = kept by the executor: { $rules }
judged-holds = holds
judged-broken = broken
judged-untouched = the plan does nothing that it speaks of
judged-planning = the planner keeps it when it makes a plan
judged-running = the executor keeps it when it runs a plan

proof-hazards = Known hazards (rule 31)
proof-hazard-window = steps { $steps }: old containers on newer data, { $node }. Nobody stops here
proof-hazard-failover = { $fault } in { $count ->
    [1] step
   *[other] steps
} { $steps }: old containers come up on newer data. There is a way out, but it is a person's

proof-faults = If something goes wrong
proof-fault-way = { $way }: { $count ->
    [1] step
   *[other] steps
} { $steps }
proof-fault-person = for a person: { $remedies }
fault-fails = a command fails
fault-hangs = a command hangs
fault-unknown = the connection is lost, nobody saw how it ended
fault-executor-dies = the operator's machine dies
fault-node-dies = { $node } dies
fault-node-dies-any = a server dies
fault-active-node-dies = the active node of { $cluster } dies
fault-standby-dies = the idle node of { $cluster } dies
fault-fencing-fires = the active node of { $cluster } is rebooted (fencing)
fault-active-node-dies-any = the active node of a cluster dies
fault-standby-dies-any = the idle node of a cluster dies
fault-fencing-fires-any = the active node of a cluster is rebooted (fencing)
fault-person-says-no = a person says no
left-unchanged = nothing changed
left-done = it is done, but nobody saw it
way-dead-end = NO WAY OUT
way-plan-anew = stop and plan anew
way-stop-here = the plan ends here
way-resume = go on
remedy-look = look at what is left
remedy-ask = decide whether to repeat
remedy-end-hung = wait for what hangs or end it
remedy-start-node = start { $node }
remedy-reboot-both = reboot both nodes of { $cluster } through virtualisation
remedy-settled = wait until Pacemaker has started the resources of { $cluster }
remedy-stop-old = stop the old containers on { $node }
remedy-move-back = move the resources of { $cluster } back
remedy-clear-constraint = clear the move constraint of { $cluster }
remedy-antivirus = stop the antivirus again on { $node }
remedy-gate = see the cluster { $cluster } in order again
remedy-files = see the cluster file system on { $node } again
remedy-restore-data = put back from the backup: { $data }

proof-back = The way back
proof-back-from-start = before the first step
proof-back-after = after { $steps }
proof-back-restored = all as it was
proof-back-residue = as it was, but: { $residue }
proof-back-later = the database's upgrade is under way and is not interrupted: the way back begins after step { $step }
proof-back-irreversible = no way back since step { $step }: { $why }
residue-images-stay = fetched images stay
residue-roll-back-by-pins = the old images are pinned in settings and deployed again
residue-move-back = a person moves the resources back
residue-move-decided = a person moves the resources back, and only to a node whose containers fit the data
residue-stays-stopped = old containers that were stopped are started by the plan back alone
residue-playbook-again = the old images are pinned and the playbooks run again
residue-from-own-copy = changed files come back from the copy made before
residue-old-database-kept = a plan of its own brings the old database back
residue-owners-from-list = the owners of files come back from the backup
residue-person-did = what a person did, a person takes back
residue-site-says-nothing = the file does not say how the site's own step is taken back
residue-exporters = exporters that were installed stay
residue-set-up = dpl itself ends up newer: a plain `dpl -d` would bring the new release
residue-undo = what step { $step } changed comes back by its own undo commands (ctsup explain)
residue-writes-lost = what was written since the backup is lost
proof-back-compile = The plan back itself: ctsup plan FILE --goal rollback --at STEP
proof-only-backup = From step { $step } on only the backup leads back.
proof-no-back = From step { $step } on nothing leads back.
proof-back-always = There is no point of no return.

proof-stop = Where one may stop
proof-stop-safe = for as long as one likes
proof-stop-bearable = for a while, this is owed: { $debts }
proof-stop-bearable-short = for a while, something is owed
proof-stop-never-short = not here: service is cut off, or one fault brings old containers up
proof-stop-never = not here: { $why }
proof-stop-missing = users are without: { $functions }
proof-stop-hazard = one fault brings old containers up
proof-stop-window = the window of rule 31 is open
proof-stop-table-place = Place
proof-stop-table-back = Way back
proof-stop-table-stop = Stop here

proof-forecast = What users notice
proof-forecast-none = not interrupted
proof-forecast-steps = { $count ->
    [1] step
   *[other] steps
} { $steps }
proof-forecast-unbounded = and as long as a person takes: steps { $steps }
proof-forecast-path = Longest: { $path }
function-messages = messages
function-calls = calls
function-files = files
function-web = web client
function-administration = administrators' pages

proof-windows = Maintenance windows
proof-window = { $window }: steps { $steps }, { $span }
proof-window-idle = { $window }: not needed
windows-too-short = the plan does not fit these windows: from step { $step } to where one may stop again it needs up to { $needed }, the longest window has { $longest }
    .help = take a longer window; between these steps nobody may stop

proof-more = All rules, the table of faults and every place: with --full or --format markdown.
proof-cell-step = Step
proof-cell-fault = Fault
proof-cell-left = What is left
proof-cell-missing = What users notice
proof-cell-owed = What is owed
proof-cell-way = Way out
proof-cell-nothing = nothing
proof-cell-users = users are without: { $missing }
proof-cell-hazard = (named hazard: { $rules })
proof-cell-residue = stays: { $residue }
proof-rule-number = Rule
proof-rule-says = About
proof-rule-came = How it came out
proof-function = What
proof-function-span = How long not
proof-function-steps = In which steps
proof-function-path = What takes the time
proof-events = All of it in order
proof-event-starts = { $step } starts
proof-event-done = { $step } is done

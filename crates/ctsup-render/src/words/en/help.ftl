# Words: the help of the command line, and what the program says besides results.

## Parts of every help

help-heading-usage = Usage
help-heading-examples = Examples
help-heading-start = Start here
help-heading-arguments = What it works on
help-heading-input = What it knows
help-heading-output = What comes out
help-heading-global = Everywhere
help-heading-exit = Exit code
help-heading-environment = Environment
help-heading-describe = Describe an installation
help-heading-plan = Plan
help-heading-run = Rehearse and run
help-heading-running = How it runs
help-heading-tools = Around it
help-heading-options = Options
help-heading-commands = Commands

help-value-file = FILE
help-value-plan = PLAN
help-value-a = A
help-value-b = B
help-value-step = STEP
help-value-goal = GOAL
help-value-format = FORMAT
help-value-node-file = NODE=FILE
help-value-kind = KIND
help-value-lang = LANGUAGE
help-value-when = WHEN
help-value-shell = SHELL
help-value-command = COMMAND
help-value-bundle = BUNDLE
help-value-key = KEY
help-value-host = FQDN
help-value-time = TIME
help-value-what = WHAT
help-value-windows = WINDOWS
help-value-count = N
help-value-dir = DIR
help-value-run = RUN
help-value-digest = DIGEST
help-value-fault = STEP=KIND
help-value-answer = ANSWER
help-value-text = TEXT

## The program

help-about = Plans upgrades of eXpress corporate servers (CTS): you describe the installation in a file, and read, compare and keep the plan, each step with its commands, its reason and its place in the vendor's guide. Planning and rehearsing touch no server. An approved plan is carried out over ssh, and nothing is lost, whatever dies on the way.
help-usage = ctsup COMMAND …
help-start =
    ctsup init ha > site.toml     a file that describes your servers, with comments
    ctsup check site.toml         all that is wrong or missing in it
    ctsup plan site.toml          the plan, to be read
    ctsup rehearse site.toml      the whole night on hosts that are not there
    ctsup COMMAND --help          more about a command
help-exit =
    0    done; nothing to do counts as done
    1    errors in the input, or facts are missing
    2    plans differ (diff, plan --locked)
    3    refused by a rule of the guide
    4    a plan is refuted by its proof (prove, plan -o), or breaks a rule (plan)
    5    a run stopped, and changes were made: what is left is printed
    6    a run waits for a person
    7    somebody else has the installation, or the run
    8    the plan was not approved, or has another digest
    64   the command line is wrong
    130  stopped by Ctrl-C; 143: by TERM
help-environment =
    CTSUP_LANG                   language, as --lang
    LC_ALL, LC_MESSAGES, LANG    language where neither is given: ru… is Russian, all else English
    NO_COLOR, CLICOLOR_FORCE     never colours, always colours

help-lang = Language of everything that people read: ru or en
help-color = Colours: auto, always or never
help-messages = How findings are written: text, lines (file:line:column: code: text) or json
help-help = Show this help
help-version = Show the version

## ctsup init

help-init = Write a commented topology file to start from
    .usage = ctsup init KIND [options]
    .examples =
        ctsup init single                      a file for one server, to standard output
        ctsup init ha -o site.toml             for two clusters, into a new file
        ctsup init ha --goal rollback          with what a rollback must know
help-init-kind = What is installed: single (one server), split (Back CTS and Front CTS) or ha (two clusters)
help-init-goal = What the file is to be used for: upgrade, rollback, certificate, postgres, web-client, registry or cleanup
help-init-output = File to write; one that is there already is left alone

## ctsup check

help-check = Say all that is wrong or missing in a topology file, without a plan
    .usage = ctsup check FILE [options]
    .examples =
        ctsup check site.toml                  with the lines of the file
        ctsup check site.toml --format lines   for editors and CI: file:line:column: code: text
        ctsup check site.toml --format json    for programs
help-check-format = Form of the findings: text, lines or json

## ctsup observe

help-observe = Log in to every server, change nothing, and read the facts that they tell
    .usage = ctsup observe FILE [options]
    .examples =
        ctsup observe site.toml                  who can be reached, and what is there
        ctsup observe site.toml -o facts.toml    facts for ctsup plan site.toml --facts facts.toml
help-observe-output = File to write the facts to

## ctsup plan

help-plan = Make the plan: all steps, in order, with their reasons
    .usage = ctsup plan FILE [options]
    .examples =
        ctsup plan site.toml                              read it in the terminal
        ctsup plan site.toml -o plan.json                 keep it; -o goes by the ending: .json .md .dot .mmd .txt
        ctsup plan site.toml --format markdown --lang en  a runbook for paper
        ctsup plan site.toml --facts facts.toml           with facts from a file of their own
        ctsup plan site.toml --locked plan.json           is the plan still the one we agreed on?
        ctsup plan site.toml --goal rollback              the way back
        ctsup plan site.toml --goal rollback --at back-02/express/deploy   the way back from there
help-plan-goal = What the plan is for: upgrade (unless said otherwise), rollback, certificate, postgres, web-client, registry or cleanup
help-plan-facts = File with facts, as below [facts] in the topology file
help-plan-catalog = File with the data of a release family instead of the built-in one
help-plan-image-list = Output of docker ps -a saved on a node; can be given for several nodes
help-plan-from-run = Plan from how this run stands; facts of --facts, observed since, win over it
help-plan-format = Form: text, markdown, json, dot or mermaid; with -o by the file's ending
help-plan-output = File to write; it is replaced only by a whole plan
help-plan-locked = Compare with this plan, saved as JSON, instead of writing one
help-plan-at = The way back from the middle of an upgrade: the last step done; with --goal rollback
help-plan-unproven = Save without a proof, too: the plan is marked, and a run says so
help-file = Topology file; - reads standard input

## ctsup diff

help-diff = Compare two plans: steps, order, what they rest on
    .usage = ctsup diff A B
    .examples =
        ctsup diff plan.json new.json          what would change, for people
help-diff-a = The plan before, saved as JSON
help-diff-b = The plan after, saved as JSON

## ctsup explain

help-explain = Say of one step: why it is there, why then, who says so, what if it fails
    .usage = ctsup explain FILE STEP [options]
    .examples =
        ctsup explain site.toml back-01/express/deploy    a step of the plan for this topology
        ctsup explain plan.json back-01/express/deploy    a step of a saved plan
help-explain-file = Topology file, or a plan saved as JSON; - reads standard input
help-explain-step = The step's name as the plan shows it, or the end of it; its number in the text; or the guide's row, HA.17

## ctsup prove

help-prove = Prove a plan: every order of steps, every single fault, ways back, time that users miss
    .usage = ctsup prove FILE [options]
    .examples =
        ctsup prove site.toml                               what was looked at, and what if something fails
        ctsup prove plan.json --full                        all rules, all faults, all places
        ctsup prove site.toml --windows 02:00-04:00,3h      which steps in which maintenance window
        ctsup prove site.toml --format markdown             with tables, for paper
        ctsup prove site.toml --goal rollback               the proof of the way back
help-prove-file = The topology file, or a plan saved as JSON; - reads standard input
help-prove-format = Form: text, markdown or json
help-prove-windows = Maintenance windows in order: 02:00-04:00 or 2h, 90m, 1h30m; with commas between
help-prove-full = Show everything: each rule, each fault, each place
plan-breaks = the plan breaks a rule: { $rule } ({ $name }): { $about } [{ $steps }]
    .help = do not follow this plan as it stands; if no step of your own is to blame, this is a mistake of ctsup: send the topology file to its developers
plan-refuted = not done: the plan can go wrong
    .help = more: ctsup prove FILE; to keep and run it all the same, marked: ctsup plan FILE -o PLAN --unproven
plan-not-covered = not done: not all of the plan was covered, and it does not count as proven
plan-at-later = { $step } lies in the middle of the database's upgrade, which nothing interrupts: this is the way back from behind { $from }
plan-at-goal = --at is the place from which one goes back: it goes with --goal rollback

## ctsup schema

help-schema = Print the JSON Schema of a file format, for editors and CI
    .usage = ctsup schema topology|plan|event
    .examples =
        ctsup schema topology > ctsup.schema.json    for an editor's completion in site.toml
        ctsup schema plan                            of plans saved as JSON
help-schema-what = Which format: topology, plan or event (a run's events, a line each)

## ctsup cert

help-cert = Check a certificate and its key against the guide's requirements, before they are put in place
    .usage = ctsup cert BUNDLE KEY --host FQDN [options]
    .examples =
        ctsup cert server.crt server.key --host express.example.org
        ctsup cert server.crt server.key --host express.example.org --at 2026-12-31
        ctsup cert server.crt server.key --host express.example.org --format json
help-cert-bundle = File with the server's certificate, the intermediates and the root, in this order
help-cert-key = File with the private key; it is read, never shown
help-cert-host = External name of the service
help-cert-at = Check as of this moment instead of now: 2026-12-31 or 2026-12-31T08:00:00Z
help-cert-format = Form: text or json

## Rehearse and run

help-run-file = Plan saved as JSON, or topology file; - reads standard input
help-run-parallel = Run up to so many steps beside each other, where the plan allows it; 1 unless said otherwise
help-run-until = Stop after this step
help-run-pause = Stop before this step; can be given several times
help-run-format = Form: text, or json (events as they come, a line each)
help-run-digest = Approves the plan with this digest; without it you are asked
help-run-ssh-config = Configuration file for ssh instead of your own
help-run-take-over = Take the installation over from whoever has it; what they left running is watched, never started again
help-runs-dir = Directory where runs are kept, instead of ctsup/runs below XDG_STATE_HOME or ~/.local/state
help-run-name = Name of the run; where one run only is not over, that one is meant
help-rehearse = Rehearse the run on hosts that are not there, in seconds; nothing is touched
    .usage = ctsup rehearse FILE|PLAN [options]
    .examples =
        ctsup rehearse site.toml --yes                                   a whole night, every question answered with yes
        ctsup rehearse plan.json --yes --fault back-02/express/deploy=fail   and what if this step fails?
        ctsup resume                                                     go on with the rehearsal that stopped
help-rehearse-seed = Another seed: delays and names come out otherwise
help-rehearse-fault = What goes wrong at a step: fail, fail-after, hang, slow, drop, drop-after, kill-ctsup, kill-node, reboot, disk-full, garbage, or no at a question
help-rehearse-yes = Answer every question with yes, and type what the plan leaves to a person
help-run = Carry an approved plan out on the servers
    .usage = ctsup run FILE|PLAN [options]
    .examples =
        ctsup run plan.json                            shows what is to be approved, and asks
        ctsup run plan.json --digest sha256:…          approved beforehand; stops where a person is needed
        ctsup run plan.json --until back-02/express/deploy   so far and no further
help-resume = Go on with a run, after whatever stopped it
    .usage = ctsup resume [RUN] [options]
    .examples =
        ctsup resume                     the run that is not over
        ctsup resume --take-over         from a colleague who cannot go on
help-resume-yes = In a rehearsal: answer every question with yes
help-resume-fetch = Fetch the run from its nodes first: the servers of this topology or plan keep copies
help-status = Say how a run stands, without touching a server
    .usage = ctsup status [RUN] [options]
    .examples =
        ctsup status                     the run that is not over
        ctsup status --format json       for programs
help-confirm = Answer a run that waits for a person
    .usage = ctsup confirm RUN STEP [options]
    .examples =
        ctsup confirm RUN STEP                                it is done
        ctsup confirm RUN STEP --answer no --note "video is broken"
help-confirm-step = The step's name, its end, or its number
help-confirm-answer = yes (unless said otherwise), again or no
help-confirm-note = In your own words, for the report
help-attach = Sit down at the terminal of a playbook that waits for a person
    .usage = ctsup attach [RUN] [options]
    .examples =
        ctsup attach                     the run that is not over; Ctrl-] leaves
help-abort = Give a run up: settings, locks and antivirus go back, services are left to a person
    .usage = ctsup abort [RUN] [options]
    .examples =
        ctsup abort                      the run that is not over
help-runs = List the runs that are kept here
    .usage = ctsup runs [options]
    .examples =
        ctsup runs

## ctsup completions, ctsup man

help-completions = Print completions for a shell
    .usage = ctsup completions SHELL
    .examples =
        ctsup completions bash > /etc/bash_completion.d/ctsup
        ctsup completions zsh > "$fpath[1]/_ctsup"
        ctsup completions fish > ~/.config/fish/completions/ctsup.fish
help-completions-shell = bash, zsh, fish, elvish or powershell
help-man = Print the manual page, of the program or of one command
    .usage = ctsup man [COMMAND]
    .examples =
        ctsup man | man -l -
        ctsup man plan > ctsup-plan.1
help-man-command = The command

man-exit = EXIT STATUS
man-environment = ENVIRONMENT
man-examples = EXAMPLES
man-name = NAME
man-synopsis = SYNOPSIS
man-description = DESCRIPTION

## A wrong command line

usage-unknown-option = there is no option { $arg } here
usage-too-many = one argument too many: { $arg }
usage-unknown-command = there is no command { $value }
usage-near = did you mean { $near }?
usage-value-missing = { $arg } needs a value
usage-value-unknown = { $arg } cannot be { $value }; it can be: { $choices }
usage-value-wrong = { $arg } cannot be { $value }
usage-missing = missing: { $args }
usage-conflict = { $arg } and { $other } exclude each other
usage-twice = { $arg } is given twice
usage-no-command = a command is missing
usage-not-text = an argument is no text in UTF-8
usage-see = more: { $command } --help
usage-list-twice = --image-list { $value }: this node has a list already
usage-list-named = --image-list names another list for { $value } than `rollback.lists` in the file does ({ $other }): leave one of them
usage-output-is-input = { $output } is the same file as { $input }, which is read: give the output another name
usage-output-ending = { $file }: no form has this ending; name the form with --format, or end the file in .json .md .dot .mmd or .txt
usage-saved-plan = { $option } is for topologies: a saved plan is taken as it is
usage-node-file = --image-list wants NODE=FILE, not { $value }
usage-node-name = --image-list: { $value } cannot be the name of a node
usage-time = --at wants a date, 2026-12-31, or a moment in UTC, 2026-12-31T08:00:00Z, not { $value }
usage-two-stdins = only one file can be read from standard input

## Files

file-not-found = { $file }: no such file
file-directory = { $file }: this is a directory
file-denied = { $file }: not allowed to read it
file-unreadable = { $file }: cannot be read: { $why }
file-not-utf8 = { $file }, line { $line }: this is not text in UTF-8
    .help = { $looks ->
        [utf-16] it looks like UTF-16: save the file as UTF-8
        [binary] it does not look like text at all
       *[other] it may be in a Windows code page: save the file as UTF-8
    }
file-too-large = { $file }: larger than { $most } MiB, no such file is
file-empty = { $file }: the file is empty
    .help = ctsup init KIND writes one to start from
file-json = { $file }: this looks like JSON, a topology file is TOML
    .help = a saved plan can be read by ctsup diff, ctsup explain and ctsup plan --locked
file-exists = { $file }: the file is there already
    .help = give another name, or delete it first
file-unwritable = { $file }: cannot be written: { $why ->
        [no-directory] there is no such directory
        [denied] not allowed
        [directory] this is a directory
        [full] the disk is full
        [read-only] the file system is read-only
       *[other] { $why }
    }
stdout-unwritable = the result cannot be written: { $why }

## Plans

plan-file-not-a-plan = { $file }: this is no plan saved as JSON by ctsup: { $why ->
        [end] it ends early, at line { $line }
        [syntax] line { $line } is not JSON
       *[field] line { $line } has something that no plan has
    }
    .help = ctsup plan FILE -o plan.json saves one
plan-file-format = { $file }: a plan of format { $found }, this ctsup reads format { $known }
    .help = take the ctsup that wrote it, or plan anew
plan-file-digest = { $file }: the plan was changed after it was made: its digest is not that of its content
    .help = plan anew; a plan is never edited by hand
plan-file-derived = { $file }: step { $step }: `{ $field }` says something else than the step does
    .help = plan anew; a plan is never edited by hand
plan-file-unsound = { $file }: { $place }: `{ $field }` says what no plan has there
    .help = plan anew; a plan is never edited by hand
plan-file-order = { $file }: step { $step }: the order of the steps is broken
    .help = plan anew; a plan is never edited by hand
plan-written = { $file }: { $steps }, { $digest }
plan-nothing-to-do = nothing to do: the goal `{ $goal }` is reached
plan-nothing-rollback = by the file nothing newer runs. If an upgrade has begun: `--at STEP`, or write what runs where into the file (`[facts.nodes.*]`)
plan-same = the plan is the same as { $file }
plans-same = the plans are the same
plan-step-unknown = there is no step { $step } in this plan
    .help = the plan shows its steps' names: ctsup plan { $file }; a number is one of its text, a row is one of the guide, such as HA.17
explain-saved = of a saved plan only the direct waits are known; with the topology file in its place, the implied ones, too
plan-step-several = { $step } can be several steps:

## ctsup init

init-head = Describes an installation for ctsup: `ctsup check FILE` says what is wrong or missing.
    A setting behind a # without a blank is a possible one; take the # away to use it.
init-nodes = Names in brackets are yours to choose; domain names, addresses and paths are examples.
init-window = For some minutes old containers run on data that the new release has changed, between the switch of the second nodes and their stop: the guide's own order for clusters brings that. Delete this line, and ctsup refuses to plan until somebody accepts it.
init-own = An own step, here before anything else:
init-facts = What is known of the installation: `ctsup check FILE` names what is missing, with the command that finds it out and the lines to put here.
init-goal = To use this file: ctsup plan FILE --goal { $goal }

# Words: findings about an input. A message names what is wrong, `.help` the way out.
# Fragments: lower case, no full stop.

## How findings are shown

severity-warning = warning
severity-error = error
severity-missing = missing
severity-refusal = refused
finding-help = help
finding-note = note
finding-near = did you mean `{ $near }`?
finding-choices = known here: { $choices }
finding-claim = rests on: { $claim }
finding-summary-errors = { $count ->
    [one] 1 error
   *[other] { $count } errors
}
finding-summary-missing = { $count ->
    [one] 1 thing missing
   *[other] { $count } things missing
}
finding-summary-refusals = { $count ->
    [one] 1 refusal
   *[other] { $count } refusals
}
finding-summary-warnings = { $count ->
    [one] 1 warning
   *[other] { $count } warnings
}
finding-letter = the letter `{ $letter }` there is Cyrillic; it only looks Latin
finding-more = …and { $count } more findings
finding-clean = { $file }: nothing to object to
finding-facts = { $count ->
    [one] 1 fact that the plan rests on is not known
   *[other] { $count } facts that the plan rests on are not known
}
finding-facts-where = find out and write into { $file }:
finding-facts-on = On { $node }:
finding-facts-here = Here:
finding-facts-other = In { $file }:
finding-facts-table = The table [{ $table }] is in the file already: add the lines below to it.

## The text and its shape

diagnostic-syntax = this is not TOML: { $message }
    .help = the rest of the file is checked once this is mended
diagnostic-unknown-key = there is no key `{ $key }`
    .help = delete it, or take one of the known keys
diagnostic-missing-key = the key `{ $key }` is missing
    .help = add it
diagnostic-wrong-type = `{ $key }` must be { $want ->
        [table] a table
        [tables] a list of tables
        [boolean] true or false
        [integer] a whole number
        [array] a list
        [size] a size
       *[other] a text in quotes
    }, not { $have ->
        [table] a table
        [boolean] true or false
        [integer] a whole number
        [float] a number with a point
        [array] a list
        [datetime] a date
       *[other] a text
    }
    .help = { $want ->
        [table] begin the table with [{ $key }], or write { $key } = {"{"} … {"}"}
        [tables] begin each with [[{ $key }]]
        [boolean] write true or false, without quotes
        [integer] write the number without quotes
        [array] write ["one", "two"]
        [size] write bytes as a whole number, or with a unit in quotes: "61 GiB"
       *[other] put the value in quotes
    }
diagnostic-unknown-value = `{ $key }` cannot be `{ $value }`
    .help = take one of the known values
diagnostic-out-of-range = { $value } is outside its bounds
    .help = `{ $key }` is a whole number from { $least } to { $most }
diagnostic-unknown-format = this ctsup does not read format { $value }
    .help = write format = { $most }; a file of a newer format needs a newer ctsup
diagnostic-not-a-release = `{ $value }` is not a release number
    .help = one to four numbers with dots between, in quotes: "2.5.7"
diagnostic-not-an-image = `{ $value }` is not an image with a tag
    .help = name and tag as `docker ps -a` shows them, without the registry's host: "postgres:9.5.24"
diagnostic-not-a-size = `{ $value }` is not a size
    .help = a whole number of bytes, or with a unit in quotes: "61 GiB", "500 MB"
diagnostic-not-a-name = `{ $value }` cannot be a name
    .help = Latin letters, digits, `-`, `_` and `.`, at most 63 of them, a letter or digit first
diagnostic-not-an-fqdn = `{ $value }` is not a full domain name
    .help = with the domain, as Pacemaker and certificates have it: cts.example.org; a Cyrillic name in its xn-- form
diagnostic-not-a-path = `{ $value }` is not a path that can be used here
    .help = from the root, of Latin letters, digits and `._-@+`, without `..` and without `/` at the end: /backup/express
diagnostic-not-plain-text = `{ $value }` cannot stand here
    .help = one line that is not empty; where a single word belongs, of Latin letters, digits and `._:/@%+=,-`, not beginning with `-`
diagnostic-missing-header = the line [{ $key }] is missing above this
    .help = write [{ $key }] above these keys
diagnostic-facts-prefix = in a facts file everything stands below `facts` without saying so
    .help = leave `facts` out
diagnostic-not-a-facts-file = this is a topology file, not a file with facts
    .help = a facts file has only what stands below [facts] in a topology file, such as [postgres] and [nodes.NAME]
diagnostic-not-an-address = `{ $value }` is neither an IP address nor a host name
    .help = as ssh takes it: 10.0.0.10, fd00::10 or back-01.example.org
diagnostic-not-a-url = `{ $value }` is not the address of a registry
    .help = scheme, host and, where it is not the usual one, port; nothing behind them: http://registry.example.org:5000
diagnostic-secret-in-url = a login does not belong into `{ $key }`: plans and runbooks repeat it
    .help = write the address alone, and the user's name in `images.user`; the password is asked for on the node
diagnostic-tiny-size = `{ $key }` is { $value } bytes, less than 1 MiB
    .help = the unit may be missing: "30 GiB"
diagnostic-catalogue-value = the catalogue cannot have this value here
    .help = look at the built-in one, crates/ctsup-core/data/catalogue.toml: each value is described beside it
diagnostic-duration-order = the durations of `{ $value }` are not in order: least { $min }, most { $max }, limit { $limit }
    .help = min_s is not above max_s, and max_s not above limit_s
diagnostic-duplicate = `{ $value }` stands here twice
    .help = leave one of them

## How the parts fit together

diagnostic-unknown-node = no node is called `{ $value }`
    .help = describe it under [nodes.{ $value }], or name one that is described
diagnostic-misnamed-node = this node is called `{ $value }`, in { $count } other places of the file `{ $near }`
    .help = give it one name everywhere
diagnostic-role-count = { $kind ->
        [web-client] the Web Client cluster
       *[other] an installation of kind `{ $kind }`
    } has { $want ->
        [one] 1 node
       *[other] { $want } nodes
    } in the role `{ $role }`, the file describes { $have ->
        [0] none
       *[other] { $have }
    }
    .help = describe each such server once, as [nodes.NAME] with role = "{ $role }"; a wrong `site.kind` shows here too
diagnostic-role-not-in-kind = an installation of kind `{ $kind }` has no role `{ $role }`
    .help = correct the role of this node, or `site.kind`
diagnostic-key-not-here = `{ $key }` does nothing with { $by }
    .help = delete it, or change the choice it belongs to
diagnostic-same-address = `{ $node }` and `{ $other }` would be one and the same host
    .help = give each its own `fqdn`, and its own `address` or `port`; a server is described once
diagnostic-needed-key = { $by } needs `{ $key }`
    .help = add `{ $key }`, or choose otherwise
diagnostic-not-allowed-here = `{ $key }` cannot be `{ $value }` here
    .help = here belongs: { $want }
diagnostic-unknown-risk = no risk is called `{ $value }`
    .help = risks are accepted one by one, by the name that the refusal gives
diagnostic-unknown-reading = the guide leaves no `{ $value }` open to choose
    .help = delete it; which readings a plan took, and which can be chosen, stands in the plan
diagnostic-own-step-shape = your own step `{ $name }` is not whole
    .help = it has `run` with `node`, or `confirm` for a person; `before` or `after`, with a phase or a guide row; with `owes` also `undo`
diagnostic-own-step-in-window = your own step `{ $name }` would keep old containers running on new data
    .help = nothing may stand between the switch of the second nodes and the stop behind it; place the step before phase `second-half`, or after it
diagnostic-own-step-reserved = your own step `{ $name }` runs `{ $command }`, which is not for a step of your own
    .help = reboots are for a person; dpl and pcs change services and resources only where the plan does; leave the command out, or ask a person with `confirm`
diagnostic-unknown-row = `{ $value }` is neither a phase nor a guide row of this plan
    .help = name a phase, or a row that a step of this plan has; some rows only say what waits for what
diagnostic-unused-risk = the accepted risk `{ $value }` is not in this plan
    .help = take it out of `accept`: a risk accepted beforehand is not looked at when it comes

## Facts

diagnostic-missing-fact = `{ $key }` is not known
    .help = on { $node } run: { $command }
    .help-here = run: { $command }
diagnostic-fact-of-nothing = the topology has no `{ $value }` of which anything could be known
    .help = correct the name, or delete the fact
diagnostic-unknown-service = the catalogue knows no service `{ $value }`
    .help = look whether the name is right; a service that the catalogue lacks is taken as it stands
diagnostic-image-not-of-service = the image of `{ $service }` is called otherwise: `{ $value }`
    .help = look whether that image exists: it is deployed as it is written here
diagnostic-moving-tag = `{ $value }` cannot be gone back to: since the upgrade `latest` is the new image
    .help = find out the number that ran before, and name the image with it in the facts
diagnostic-facts-differ = `{ $key }` is { $value } here and { $other } in the other file
    .help = look it up again and leave the true one
diagnostic-image-list-unreadable = the saved list of images of { $node } cannot be used: { $line ->
        [0] { $reason }
       *[other] line { $line }, { $reason }
    }
    .help = a whole list is the output of: docker ps -a --no-trunc; or name the images in the facts, under [facts.nodes.{ $node }.images]
diagnostic-image-list-incomplete = { $count ->
        [one] the image of one service
       *[other] the images of { $count } services
    } of { $node } before the upgrade { $count ->
        [one] is
       *[other] are
    } not known: { $services }
    .help = { $slug ->
        [list] the list ends early, or is of another host: save it whole with docker ps -a --no-trunc; or name the images in the facts, under [facts.nodes.{ $node }.images]
       *[other] name the saved list under `rollback.lists`, or the images in the facts, under [facts.nodes.{ $node }.images]
    }
diagnostic-missing-choice = `{ $key }` is for you to decide
    .help = { $slug ->
        [rollback-to] write under [rollback]: to = "2.4.1", the release to go back to
        [rollback-postgres_image] write the image that ran before: rollback.postgres_image = "postgres:9.5.24"
        [rollback-upgrade_backup] write rollback.upgrade_backup = "…", one of the directories in the database's volume: { $choices }
        [rollback-voex] write under [rollback]: voex = true, if the voice server goes back with CTS, or voex = false, if its new release stays
        [certificate-bundle] name the new files under [certificate]: host, bundle and key
       *[other] write { $key } = "…", one of: { $choices }
    }

## Rules

diagnostic-barrier-crossed = old images cannot go back from { $met } to { $to }: the data has crossed { $barriers }
    .help = the guide forbids it; go back from the backup: rollback.way = "restore", its directories under `rollback.backups`
diagnostic-postgres-without-apt = without apt.postgresql.org PostgreSQL can be upgraded from { $from } only
    .help = open apt.postgresql.org to the database's host and set facts.postgres.apt = true; or keep the version: postgres.upgrade = "hold" with `postgres.hold_image`
diagnostic-postgres-too-old = CTS { $target } wants PostgreSQL { $minimum } or later, and this leaves it with an older one
    .help = { $slug ->
        [rollback-way] go back with CTS, too; or accept the risk by name: accept = ["{ $risk }"]
       *[other] let it be upgraded, postgres.upgrade = "when-due"; or accept the risk by name: accept = ["{ $risk }"]
    }
diagnostic-external-postgres-too-old = CTS { $target } wants PostgreSQL { $minimum } or later, and the external server is older
    .help = whoever looks after that server upgrades it first; then correct `facts.postgres.version`
diagnostic-no-space = not enough space: { $free } free, { $need } needed
    .help = make room or choose another place, then correct `{ $key }`; where 0 is free, the directory is not there or its disk is not mounted
diagnostic-pins-unequal = pinned otherwise than on { $other }: { $services }; a failover would change the release
    .help = pin the same images on both nodes of the cluster, or let the plan take the pins out: release.unpin = true
diagnostic-pins-contradict = { $count ->
        [one] an image pinned in settings holds
       *[other] { $count } images pinned in settings hold
    } the target back: { $services }
    .help = let the plan take the pins out, release.unpin = true; or keep them and accept the risk by name: accept = ["{ $risk }"]
diagnostic-backup-inside = the copy would go to { $value }, inside { $path }, which is copied
    .help = take a directory outside it, best on another file system
diagnostic-database-pinned = the database is to be upgraded, and its image is pinned in settings: it has no upgrade script
    .help = write release.unpin = true, and the plan takes the line out, or take it out yourself
diagnostic-downgrade = { $installed } is installed, the target { $target } is older
    .help = correct the release; going back is another goal: [rollback] with to = "{ $target }", then --goal rollback
diagnostic-postgres-blocks-rollback = CTS { $to } was not made for the new PostgreSQL that the data is in
    .help = go back from the backup, data and all: rollback.way = "restore"
diagnostic-not-older = { $to } to go back to is not older than { $installed }, which is installed
    .help = correct `rollback.to` or `release.installed`
diagnostic-database-per-node = each node of Back would have a database of its own: a switch would serve other data, and only one of them would be upgraded
    .help = add "database" to clusters.back.shared, if it lies on the cluster's storage; postgres.location = "external", if it is elsewhere; where each node really has its own there is no plan to be made
diagnostic-hold-differs = the image { $image } is not of PostgreSQL { $version }, which runs: its container would not start on the data
    .help = hold the image that runs now (`docker ps` names it), or let the plan upgrade the database
diagnostic-special-image-stays = { $where ->
        [pin] the image { $image } is pinned in settings: it is there for the database's upgrade alone, and must not stay
       *[other] the image { $image } is there for the database's upgrade alone: it is not one to hold the database at
    }
    .help = { $where ->
        [pin] write release.unpin = true, and the plan takes the line out, or take it out yourself
       *[other] hold the image that runs now (`docker ps` names it), or let the plan upgrade the database
    }
diagnostic-not-running = CTS on { $node } does not run: the goal `{ $goal }` is for one that does
    .help = finish what stopped it first (an upgrade, a rollback), or start it: `dpl --dc start` in /opt/express; then correct the fact
diagnostic-playbooks-not-from-here = { $active } serves with the old release, and { $idle }, which idles, has the new one: the playbooks begin with the node that serves
    .help = plan it by hand: take [method] out of the file; where old containers run on newer data, that plan stops them first
diagnostic-two-settings = { $count ->
        [0] neither settings nor settings.yaml is there
       *[other] settings and settings.yaml are both there
    }
    .help = dpl reads one of them: find out which, move the other away, then correct `{ $key }`
diagnostic-no-image-source = the file does not say where the new images come from
    .help = images.source = "archives" for delivered *.tar files, "registry" for a local registry that has them, "vendor" where the nodes reach the vendor's
diagnostic-voex-unknown = the file does not say where VoEx runs
    .help = voex.on = "NAME" of the node that has /opt/express-voice, or voex.on = "none"
diagnostic-plain-deploy-due = { $reason ->
        [risk] plain `dpl -d` for a certificate may upgrade everything
       *[other] plain `dpl -d` would upgrade, and the upgrade needs more than that
    }
    .help = { $reason ->
        [risk] certificate.apply = "without-update"; or accept the risk by name: accept = ["{ $risk }"]
       *[other] certificate.apply = "without-update"; or upgrade first
    }
diagnostic-no-backup = the plan would change data that nobody has copied
    .help = choose a way with `backup.by`; or accept the risk by name: accept = ["{ $risk }"]
diagnostic-auto-upgrade-found = postgres_auto_upgrade stands in settings: any `dpl -d` may upgrade the database
    .help = take it out of settings and correct `{ $key }`; or plan for it: postgres.upgrade = "automatic"
diagnostic-upgrade-key-found = postgres_upgrade stands in settings before the work began
    .help = find out whether an upgrade of the database runs or stopped half-way; once it is over take the key out of settings and correct `{ $key }`
diagnostic-snapshot-of-cluster = a snapshot of running cluster nodes is no backup of their shared storage
    .help = backup.by = "copy" or "command"; or backup.covers_shared_storage = true where the nodes are off, or the storage is captured at one moment
diagnostic-window-not-accepted = for some minutes old containers will run on data that the new release has changed
    .help = the guide's own order for clusters brings it, between the switch of the second nodes and their stop; accept it by name: accept = ["{ $risk }"]
diagnostic-cleanup-too-early = this would delete the database's only way back
    .help = first the upgraded database has to run, and CTS on it; if it does, correct `{ $key }`
diagnostic-cluster-unclear = the cluster is not in a state that a plan could start from
    .help = exactly one node has `dockerd` started: look at `pcs status`, repair, then correct `{ $key }`
diagnostic-goal-not-here = this topology has nothing for the goal `{ $goal }`
    .help = { $goal ->
        [rollback] say where to go back to, under [rollback]
        [certificate] name the new files: `certificate.host`, `certificate.bundle`, `certificate.key`
        [postgres] the goal is for the embedded database: postgres.location = "embedded"
        [web-client] describe the Web Client cluster under [web_client]
        [registry] the goal is for a local registry: images.source = "registry" or "archives"
       *[other] choose another goal
    }
diagnostic-nothing-to-roll-back = where the backup of { $holder } lies is not said
    .help = write { $key } = "/backup/…", the directory on that node

## Warnings

diagnostic-cluster-unhealthy = the cluster is not as the guide lists it
    .help = the plan begins with a check that heals what it can, and stops otherwise
diagnostic-constraints-found = constraints of an earlier move are still in place
    .help = look at `pcs constraint --full`; the plan offers to clear them at its end
diagnostic-owners-unexpected = the owners of the volumes are not what the release says
    .help = look at them before the upgrade; the plan does not change them unasked

## What the TOML reader says

syntax-other = there is something here that TOML does not have
syntax-colon-instead-of-an-equals-sign = between key and value stands `=`
syntax-a-letter-that-only-looks-Latin = keys are of Latin letters
syntax-carriage-return-must-be-followed-by-newline = a line ends in a way that no system uses: save the file with usual line ends
syntax-invalid-comment-character = an invisible character stands in the comment
syntax-cannot-recurse-further = tables or lists are nested too deep
syntax-recursion-limit = tables or lists are nested too deep
syntax-invalid-boolean = texts stand in quotes
syntax-invalid-float = texts stand in quotes, numbers have at most one point
syntax-invalid-integer = texts stand in quotes, numbers are digits only
syntax-string-values-must-be-quoted = texts stand in quotes
syntax-key-with-no-value = the key has no value
syntax-missing-value-for-key = the key has no value
syntax-missing-value = the value is missing
syntax-extra-- = one `=` too many
syntax-duplicate-key = the key stands here twice
syntax-unclosed-table = the `]` of a table is missing
syntax-unclosed-array-table = the `]]` of a table is missing
syntax-unclosed-array = the `]` of a list is missing
syntax-unclosed-inline-table = the {"`}`"} of a table is missing
syntax-missing-comma-between-array-elements = a comma is missing between values
syntax-missing-comma-between-key-value-pairs = a comma is missing between keys
syntax-extra-comma-in-array = a comma too many
syntax-extra-comma-in-inline-table = a comma too many
syntax-missing-assignment-between-key-value-pairs = `=` is missing
syntax-unexpected-key-or-value = a line ends before this
syntax-unexpected-content = this does not belong here
syntax-invalid-basic-string = the text in quotes does not end, or has a character that it must not have
syntax-invalid-literal-string = the text in quotes does not end, or has a character that it must not have
syntax-missing-opening-quote = a quote is missing before the text
syntax-invalid-unquoted-key = this cannot be a key; put it in quotes
syntax-unquoted-keys-cannot-be-empty = a key is missing
syntax-invalid-key-value-pair = here belongs `key = value`
syntax-unexpected-leading-zero = a number does not begin with 0; texts stand in quotes

## Why a saved list of images cannot be used

image-list-the-name-may-be-cut = the terminal may have cut the name
image-list-no-image-with-a-tag = the image has no tag
image-list-no-tag = the image has no tag
image-list-image-id-instead-of-a-name = there is an image's id in place of its name
image-list-digest-instead-of-a-tag = there is a digest in place of the tag
image-list-two-images-for-one-service = a second image for the same service
image-list-no-such-file = there is no such file
image-list-a-directory = this is a directory
image-list-not-allowed = it is not allowed to be read
image-list-not-text = it is no text in UTF-8
image-list-too-large = the file is far too large
image-list-other = it is no output of docker ps -a

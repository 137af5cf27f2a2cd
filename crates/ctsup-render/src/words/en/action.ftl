# Words: what each action is, what one sees when it is right, and what to do when it is not.
#
# `action-CODE` is the title; `.what` what one does and sees; `.fails` what to do when it fails;
# `.ask` the question to the person who confirms. An empty list arrives as `none`.

action-certificate-check = Check the new certificate for { $host }
    .what = On your own machine, in the directory of the topology file. The bundle { $bundle } and the key { $key } must meet the guide's requirements. The check names everything it finds at once; without errors the files may go in place.
    .fails = Have the bundle put together or issued again. Nothing has been changed yet.
    .ask = Did the check find no errors?
action-certificate-place = Put the new certificate in place on { $node }
    .what = The first command makes the directory { $incoming }. Then copy { $bundle } from your machine (`scp`) to { $incoming }/{ $bundle_name } and { $key } to { $incoming }/{ $key_name }, and type the rest. The old files stay beside the new ones in { $dir }, owner and mode stay as they were; the last command removes the second copy of the key.
    .fails = If the files are not in { $incoming }, nothing has been changed: copy them there and repeat. The old files stay in …before-ctsup, however often it is repeated; copies of earlier years are `….~1~` and so on. nginx still serves the old certificate until it is restarted.
action-certificate-compare = See that { $node } has the same certificate files
    .what = The checksums of the files in { $dir } are the same on both Front nodes.
    .fails = Put the files in place again on the node that differs.
action-certificate-see-served = See which certificate nginx serves on { $node }
    .what = Both answers, for the file on disk and for { $host }, show the same new fingerprint and end date.
    .fails = nginx still has the old files. Restart it once more, then read its log.

action-database-keep-version = Note the PostgreSQL version on { $node }
    .what = Write the number down: it tells of which version the database files are now. A rollback of the database needs it{ $goal ->
        [rollback] {""}
       *[other] {", and it can be read reliably only while the image is the same"}
    }.
    .fails = If the container does not run, read the file PG_VERSION in the volume. Do not go on without the number.
action-database-see-space = See that { $node } has room for the database upgrade
    .what = Free space must be at least the size of { $volume }: the upgrade keeps the old files beside the new ones. If the backup goes to the same file system, add its size.
    .fails = Make room first. Nothing has been stopped yet.
action-database-see-apt = See that apt.postgresql.org answers { $node }
    .what = Any HTTP answer will do. The upgrade downloads the programs of the old version from there.
    .fails = Open the access, or plan again with `apt = false` (possible from 9.5 only).
action-database-start-upgrade = Start the database upgrade on { $node }
    .what = The postgres container starts with the new image and begins to upgrade. From here on do not interrupt it.
    .fails = Do not start it again. Read the log of the postgres container first: if the download of the old programs failed, the data is untouched.
action-database-wait-upgraded = Wait until the database on { $node } is upgraded
    .what = The log must say exactly “{ $message }”, at a time after the upgrade was started; the second command shows that line with its time. Leave the first command with Ctrl-C. Then PG_VERSION must say { $version }. How long it takes depends on the size of the database.
    .fails = The container does not run: PG_VERSION is in { $file }, too. An error in the log: do not restart anything. The old files are in `upgrade_backup_*`, the copy of the volumes is in the backup; “If you must go back” has both ways. postgres_upgrade still stands in settings: while it does, a plain `dpl -d` begins the upgrade again; take the line out before you plan the rollback.
action-database-start-standard = Start the standard PostgreSQL image on { $node }
    .what = The postgres container runs on the standard image and stays up.
    .fails = “postgres_upgrade disabled, exiting” means that the database is not upgraded; a container that stops at once means that postgres_upgrade is still in settings. Look which of them it is.
action-database-start-old = Start the old PostgreSQL image on { $node }
    .what = The postgres container runs on the old image and the old files, and stays up.
    .fails = A container that stops at once: the files and the image are of different versions. Compare PG_VERSION with the pinned image.
action-database-delete-old = Delete the old database files on { $node }
    .what = { $count ->
        [one] The directory { $names } is deleted; the last listing shows none.
       *[other] { $count } directories are deleted ({ $names }); the last listing shows none.
    }
    .fails = If the last listing is empty all is well, even when find complained. Otherwise delete what is still listed.

action-dpl-stop = Stop { $app } on { $node }
    .what = { $by ->
        [docker] dpl finds no settings here: the data lies aside, and a failover started the containers. docker stops them; none that is { $app } is up afterwards.
       *[dpl] All { $app } containers end up as Exited.
    }
    .fails = A container that does not stop: look at its log and wait. Do not kill it.
action-dpl-fetch = Fetch the { $app } images on { $node }
    .what = The new tags are among `docker images`. The services keep running.
    .fails = Nothing has been stopped yet. Look at the access to the registry and at free disk space, then repeat. “no basic credentials”: log in to the registry again.
action-dpl-exporters = Update node exporter and cAdvisor on { $node }
    .what = Both containers are up again (`docker ps`); in a cluster so are their resources in `pcs status`.
    .fails = If the first part fails the second is skipped. Repeat it once; the services themselves do not depend on it.
action-dpl-start = Start { $app } on { $node } as it was
    .what = The very containers that were stopped are started; none is made anew. Compare `docker ps` with the saved list: the images are the same (but for postgres, where that was changed).
    .fails = Read the logs of the containers that do not start.
action-dpl-apply = Apply settings and files of { $app } on { $node }
    .what = The containers are up on the same release: `docker ps` shows the images that were there before.
    .fails = Read the logs of the containers that do not start.
action-dpl-deploy = Deploy { $app } on { $node }
    .what = The containers are up on the wanted release: the tags in `docker ps` show it. With the internal procedures it takes { $span } from the start of the command; if the command ends earlier, wait: leave them alone, and read the logs only then.
    .fails = Do not simply repeat it. See whether a dpl still runs and which containers are up, then read their logs. “postgres_upgrade disabled, exiting” means that the database must be upgraded first.
action-dpl-deploy-voex = Deploy { $app } on { $node }
    .what = The containers are up on the wanted release: the tags in `docker ps` show it.
    .fails = Do not simply repeat it. See whether a dpl still runs and which containers are up, then read their logs.
action-dpl-restart-nginx = Restart nginx on { $node }
    .what = nginx is back within seconds and serves the new certificate.
    .fails = nginx does not start: put the old certificate files back and restart it.

action-look-status = Look at the { $cluster } cluster from { $node }
    .what = Both nodes are online, no resource has failed. What is not right is mended in the next steps.
    .fails = “cluster is not currently running on this node”: find out why before you go on.
action-look-active-node = See that { $cluster } runs on { $expects }
    .what = The line of the resource dockerd says Started { $expects }. Exactly one such line.
    .fails = Another node, two or none: stop here. The plan was made for { $expects }; make it anew from the present state.
action-look-resources = See where the { $cluster } resources are now
    .what = Write down on which node dockerd and cluster_ip are Started.
    .fails = If they are in different places or stopped, do not move them: a person decides.
action-look-files = See that the cluster file system answers on { $node }
    .what = The listing of { $path } appears within seconds.
    .fails = The listing hangs: reboot both nodes of the cluster through the virtualisation system, then make the plan anew. The command cannot be ended from the console.
action-look-backup = See that the backup of { $data } is there on { $node }
    .what = Each line names one file or directory of the copy { $from }: { $parts } are there, none of them empty or a link.
    .fails = Nothing has been stopped yet. Is this the node on which the copy was made, and is its disk mounted? Correct `rollback.backups` or bring the copy here, then make the plan anew.
action-look-ports = See that { $node } reaches Back on { $target }
    .what = { $count ->
        [one] The port { $ports } answers “open”.
       *[other] All { $count } ports ({ $ports }) answer “open”.
    }
    .fails = Open the missing ports while Back still runs. Nothing has been stopped yet.
action-look-containers = Look at the { $app } containers on { $node }
    .what = Keep the list for the report.
action-look-web-image = See the new Web Client image on { $node }
    .what = Among the loaded images exactly one is new, and it is { $image }.
    .fails = Another image, or several: write the right one in the file and make the plan anew.

action-pcs-move = Move the { $cluster } resources from { $from } to { $to }
    .what = { $resources } go together, the second right after the first. Users of { $cluster } are cut off until both are Started on { $to }.
    .fails = No second move. Read `pcs status`: if both are already on { $to }, go on; if not, stop here: decide what to do with the help of the failed actions it shows. The undo says where the resources can go back to.
action-pcs-clear = Clear the move constraints of the { $cluster } cluster
    .what = By what crm_simulate prints no resource may move; only then type the last two commands. Afterwards `pcs constraint` shows no cli-prefer and no cli-ban.
    .fails = If crm_simulate would move something, leave the constraints alone and find out what prefers the other node.

action-person-network-table = Compare the network tables of the two releases
    .what = Take the network interaction tables of both releases. Have the firewall changed before the upgrade, not during it.
    .ask = Is every connection that the new release needs open?
action-person-consoles = Open consoles on { $nodes }
    .what = { $count ->
        [one] One console on the node, and access to it through the virtualisation system.
       *[other] One console on each of the { $count } nodes, and access to each through the virtualisation system: if a node hangs, ssh is of no use.
    }
    .ask = Are all consoles open, those of the virtualisation system too?
action-person-cross-barrier = Agree to cross { $barriers }
    .what = { $count ->
        [one] After the upgrade no rollback leads back over release { $barriers }. The only way back is the backup.
       *[other] After the upgrade no rollback leads back over releases { $barriers }. The only way back is the backup.
    }
    .ask = Do you agree that only the backup leads back?
action-person-database-window = Agree to upgrade the database now
    .what = Data can be lost while the database is upgraded: few or no users. The backup has a step of its own in this plan, after the services are stopped and before the database is upgraded.
    .ask = Is this the quietest time, and is the database to be upgraded now?
action-person-external-backup = Back up the external database
    .what = The CTS database lies on a server of its own: no copy of volumes holds it, and the new release changes it. Back it up by that server's own means now, while these are stopped: { $stacks }. See that the copy is readable.
    .fails = Do not go on without a copy of the database: there would be nothing to go back to. If it takes too long, start the services again.
    .ask = Was the database copied after the services stopped, and is the copy readable?
action-person-external-backup-accepted = Go on without a backup of the external database
    .what = The CTS database lies on a server of its own and is in no copy of volumes; the file accepts the risk: { $risk }. The new release changes the database, and nothing will bring it back.
    .ask = Go on without a copy of the database all the same?
action-person-external-restore = Put the external database back
    .what = The CTS database lies on a server of its own and the newer release changed it: no copy of volumes brings it back. Restore it there by that server's own means from the backup made while CTS was stopped for the upgrade, keeping the present one aside. Stopped meanwhile: { $stacks }.
    .fails = Do not go on: the old services must not start on the changed database. The present data stands aside and can go back.
    .ask = Is the database of the moment of the backup back?
action-person-put-back = Put the backup of { $data } back on { $node }
    .what = The backup was made by the site's own means, so it is put back by them: { $paths }, owners and all. Keep the present data aside and delete nothing. In volumes leave Docker's own files metadata.db and backingFsBlockDev as they are.
    .fails = Do not start anything before it is clear which data lies there.
    .ask = Are data and settings of the moment of the backup back in their place?
action-person-bring-copy = Bring the backup of { $data } from { $from } to { $node }
    .what = The upgrade made the copy on { $from }; it is put back on { $node }, which must have it at the same path, { $path }, owners and modes kept. From a machine that reaches both as root: `ssh { $from } tar -C { $above } -cf - --numeric-owner { $name } | ssh { $node } tar -C { $above } -xpf - --numeric-owner`. Where { $above } is one disk for both nodes there is nothing to do.
    .fails = Nothing has been stopped yet. Is { $from } up, and is there room on { $node }? Without the copy there is nothing to put back: do not go on.
    .ask = Does { $path } lie on { $node } now, whole?
action-person-judge = Judge the first nodes
    .what = Read for errors the logs of { $stacks }, and once more those of all that was upgraded before; on the active nodes, in the directory of the application: `dpl --dc logs --tail=200`. Log in, send messages both ways. The second nodes have not been changed yet.
    .fails = Leave the second nodes alone. Repair, or go back: “If you must go back” says which way this plan leaves.
    .ask = Are the logs free of errors, and do messages arrive?
action-person-judge-web-client = Judge the first Web Client node
    .what = Read the logs of { $stacks } for errors, log in through the Web Client, send messages both ways. The second node still has the old image.
    .fails = Leave the second node alone. Put the old web_client_image back and run the first node's playbook again: the commands stand at its step in the chapter on going back.
    .ask = Are the logs free of errors, and do messages arrive?
action-person-send-message = Send a message and see it arrive
    .what = From one client to another and back, with a file{ $calls ->
        [yes] {"; and a call"}
       *[none] {""}
    }.
    .fails = Read the logs, then decide.{ $owes ->
        [yes] {" "}What the plan borrowed stays borrowed until then.
       *[none] {""}
    }
    .ask = { $calls ->
        [yes] Do messages, files and calls arrive?
       *[none] Do messages and files arrive?
    }
action-person-not-in-guide-owners = Agree to change the owners of volumes in a cluster
    .what = The guide's cluster chapter does not mention it, but the condition (release 1.28 or older) holds here too.
    .ask = Shall the owners be changed?
action-person-not-in-guide-letsencrypt = Agree to clear the Let's Encrypt store in a cluster
    .what = The guide's cluster chapter does not mention it, but the condition (an old nginx and Let's Encrypt) holds here too.
    .ask = Shall the store be cleared?
action-person-not-in-guide-database = Agree to upgrade the embedded database in a cluster
    .what = The guide's cluster chapter does not mention it, but the new release needs the newer PostgreSQL here too.
    .ask = Shall the database be upgraded on the active node?
action-person-decide-move-back = Decide to move the resources back
    .what = Nothing newer has been started: the resources go back, nothing else changes.
    .ask = Shall the resources go back?
action-person-decide-pins = Decide to go back to the old images
    .what = The old images are pinned in settings and deployed; the data stays as the newer release left it, and the old containers will work on it. The other ways: repair and go on with the upgrade; or, with `way = "restore"`, data, settings and images from the backup, which loses what was written since.
    .ask = Shall the old images run again?
action-person-decide-restore = Decide to restore from the backup
    .what = Data, settings and images go back to the moment of the backup. What was written since then is lost; the present data is set aside, not deleted.
    .ask = Shall everything go back to the moment of the backup?
action-person-decide-postgres = Decide to go back to the old PostgreSQL
    .what = The database goes back to the files from before its upgrade. What was written since then is lost.
    .ask = Shall the old database run again?
action-person-clear-constraints = Decide whether to clear the move constraints
    .what = Until they are cleared the resources return to their node as soon as it is back after a failure. Clearing must move nothing.
    .ask = Shall the constraints be cleared?
action-person-keep-lists = Keep the image lists of { $nodes }
    .what = { $count ->
        [one] Copy the saved list off the node. A rollback needs it.
       *[other] Copy the saved lists off the { $count } nodes. A rollback needs them.
    }
    .ask = Are the lists in a safe place?
action-person-playbook-name = Confirm the playbook { $name }
    .what = The guide does not name the playbook of the second node; the name follows the others. Look in the directory on { $node }: `ls { $dir }/*.yaml`.
    .fails = Another name: write it in the file and make the plan anew.
    .ask = Is { $name } the playbook of the secondary node?
action-person-advice-close-ports = Close the ports of Back to all but Front
    .what = Advice, nothing waits for it: the database, Redis, Kafka and etcd of Back need to be reached from Front only.
    .ask = Seen?
action-person-advice-delete-copies = Delete the copies after some days
    .what = Advice, nothing waits for it: after several days without trouble the copies of the volumes may be deleted.
    .ask = Seen?
action-person-advice-newer-containers = Remember the newer containers on { $nodes }
    .what = { $count ->
        [one] The idle node { $nodes } still holds
       *[other] The idle nodes { $nodes } still hold
    } the containers of the newer release, and no step of this plan changed that: a failover there would start them. If that happens, stop the services there at once (`dpl --dc stop` in each directory) and move back. At the next planned switch deploy the old release there before users return. Data and settings that such a node has for itself are still those of the newer release, and this plan did not put them back: restore them first from that node's own backup; without it do not start the old release on them.
    .ask = Written down?
action-person-advice-delete-old-database = Delete the old database files later
    .what = Advice, nothing waits for it: when all works and nobody wants to go back, plan the goal `cleanup`.
    .ask = Seen?
action-person-advice-pins-stay = Remember the pinned images
    .what = Advice, nothing waits for it: the images pinned in settings stay pinned and hold the next upgrade back until they are taken out.
    .ask = Seen?
action-person-no-way-back-wanted = See that nobody wants to go back any more
    .what = All services have worked for some days, and the old database will not be needed. After the next step it is gone.
    .ask = May the old database be deleted for good?
action-person-read-logs = Read the logs of { $stacks }
    .what = In the application’s directory ({ $dirs }): `dpl --dc logs --tail=200`; in a cluster on the node that has dockerd now, on the other one no containers run. No errors but those that were there before.
    .fails = Decide on the way back before anything else is changed.
    .ask = Are the logs free of new errors?
action-person-read-logs-web-client = Read the logs of { $stacks }
    .what = No errors but those that were there before; the guide names no command.
    .fails = Decide on the way back before you change anything else.
    .ask = Are the logs free of new errors?
action-person-database-shell = Open a shell on the database's volume on { $node }
    .what = On { $node }, in { $dir }: `{ $skip } dpl --dc run --rm --entrypoint=/bin/bash postgres`, the temporary container that the guide gives; there the data lies in /var/lib/postgresql/data. The same directory on the host itself: { $volume }. Find { $backup } in it.
    .ask = Do you see { $backup }?
action-person-database-move-files = Put the old database files back on { $node }
    .what = In the data directory (`cd /var/lib/postgresql/data` in the container) first move all new files aside: `mkdir new && for f in *; do case $f in new|upgrade_backup_*) ;; *) mv -n -- "$f" new/ ;; esac; done`. Then move the old ones one level up, owners and all: `mv -n { $backup }/* .`. PG_VERSION must show { $version }, the version of the image { $image }. Leave the container (`exit`) before you go on. The directory new stays within the data; it can be deleted once the old database has worked for some days.
    .fails = Never leave files of both versions in one directory. The new files are where you moved them.
    .ask = Does PG_VERSION show { $version }?

action-playbook-run = Run the playbook { $name } on { $node }
    .what = Type the password of the root account when the playbook asks for it. Do not skip its pauses: they wait for services. In the end every node must have failed=0 and unreachable=0.
    .fails = Do not run it again at once. See what it has done on each node{ $clusters ->
        [none] {""}
       *[other] {" "}and where the cluster’s resources are
    }.
action-playbook-name-image = Write { $image } into the playbook's variables on { $node }
    .what = web_client_image in group_vars/all.yaml ({ $dir }) names the new image; the last command shows that nothing else has changed. Write the image as the old one is written: with the registry, if it is there.

action-registry-load = Load the new images into the registry on { $node }
    .what = The directory { $scratch } must be empty: `ls` shows nothing. Remove archives of the last time, or the last command does nothing. It copies the archives from { $archives } and the script { $script } and runs it; the script ends without errors.
    .fails = Look at free space and at the archives, empty { $scratch } and repeat: what is loaded stays loaded.
action-registry-download = Download the images on { $node }
    .what = The vendor’s script download.sh, an attachment of the guide, fetches them; run it in the directory where it lies. { $node } needs access to the Internet.
    .ask = Are all images downloaded?
action-registry-upload = Upload the images from { $node } to { $url }
    .what = The vendor’s script upload.sh, an attachment of the guide, sends them; run it in the directory where it lies and wait until it has ended.
    .ask = Are all images uploaded?
action-registry-see-tags = See the new tags in the registry { $url }
    .what = { $count ->
        [one] The answer for { $services } has the tag of the new release.
       *[other] The answers for all { $count } services ({ $services }) have the tags of the new release.
    } Which these are the names of the loaded images or the vendor’s message tell: they do not follow from the release.
    .fails = The tag is missing: load the images again. 401 from curl: look at the name and the password, and repeat.{ $goal ->
        [registry] {""}
       *[other] {" "}If `docker pull` says “no basic auth credentials”, too, the stored login is refused: write `[facts.registry] login_refused = true` in the file and plan with the goal `registry`, which logs in again.
    }
action-registry-log-out = Take the stored registry login away on { $node }
    .what = The file is gone, its copy is kept. This logs out of all registries.
action-registry-log-in = Log in to the registry { $registry } on { $node }
    .what = docker asks for the password and says “Login Succeeded”.
    .ask = Did docker say “Login Succeeded”?
action-registry-old-images = See that the old images are on { $node }
    .what = { $count ->
        [one] One image ({ $images }) is there; if it is missing, it is fetched.
       *[other] { $count } images ({ $images }) are there; those that are missing are fetched.
    } A line that begins with sha256 means: it is there.
    .fails = Nothing has been stopped yet. The registry must have the images: load them there first.
action-registry-pull = Fetch { $images } on { $node }
    .what = The images are on the node before anything is stopped.
    .fails = Nothing has been stopped yet. The registry must have them: load them there first.

action-settings-ask-upgrade = Ask for the database upgrade in settings on { $node }
    .what = One line at the end of { $file }, once. It must not stay there: a later step takes it out.
action-settings-take-upgrade-out = Take the request for the database upgrade out of settings on { $node }
    .what = The line is gone from { $file }. While it is there the postgres container does not start.
action-settings-auto-upgrade = Let the database upgrade itself, in settings on { $node }
    .what = One line in { $file }. From now on a new image can bring a major upgrade of the database unattended.
action-settings-pin-special = Pin { $image } in settings on { $node }
    .what = In the one `images:` section of { $file }; add the section if there is none. Only while the database is upgraded: one of the next steps takes the line out again.
action-settings-unpin-special = Take the pin of the special image out of settings on { $node }
    .what = The line with { $image } is gone from { $file }; if the `images:` section is empty now, take it out, too. The standard image can start.
action-settings-hold-database = Hold the database at { $image } in settings on { $node }
    .what = In the one `images:` section of { $file }; add the section if there is none. The database is not upgraded while the pin is there.
action-settings-pin = Pin the old images in settings on { $node }
    .what = { $count ->
        [one] One line in the one `images:` section of { $file } (add it if there is none); compare with the image list from before the upgrade.
       *[other] { $count } lines in the one `images:` section of { $file } (add it if there is none); compare with the image list from before the upgrade. Comments and all else stay as they are.
    }
action-settings-unpin = Take old pins out of settings on { $node }
    .what = { $count ->
        [one] The pin of { $services } is gone from { $file }.
       *[other] { $count } pins are gone from { $file }: { $services }.
    }

settings-fails = Edit the file as often as you like: the copy is made once and stays as it is when this is repeated (for three days), diff shows everything that has changed since.

action-site-run = The site's own step: { $name }
    .what = It comes from the topology file; the guide does not know it.
action-site-confirm = The site's own step: { $name }
    .what = It comes from the topology file; the guide does not know it.
    .ask = { $text }
action-site-pay = Take back the site's own step: { $name }
    .what = What the step { $name } opened is closed here.
    .fails = Do it before you leave: nothing else reminds of it.
    .ask = Is it taken back?

action-unit-stop-antivirus = Stop the antivirus on { $node }
    .what = Write down which of { $units } are active: exactly those are started again at the end. Afterwards they are inactive.
    .fails = “Unit … not loaded”: there is no service of that name, and the antivirus may run under another one. Find it (`systemctl list-units --type=service`), mend the name in the file and make the plan anew. The server hangs: reboot both nodes of the cluster through the virtualisation system, then make the plan anew. After a reboot the antivirus runs again, and the resources may be on the other node.
action-unit-start-antivirus = Start the antivirus on { $node }
    .what = Start those of { $units } that were active before, leave the other lines out. They are active again.
    .fails = Repeat it, then report it: the node must not stay without its antivirus unnoticed.

action-volume-save-list = Save the image list of { $node }
    .what = { $file } holds the list of containers and images before the first change. { $goal ->
        [upgrade] A rollback takes the image names from it.
       *[other] It shows what was there before this plan.
    } An older list is never overwritten.
    .fails = “cannot overwrite”: a list is there already. Keep it if it is from before this work; do not replace it. If it is from an earlier attempt, write `release.attempt = 2` into the file and make the plan anew.
action-volume-back-up-copy = Back up { $data }
    .what = Copies { $paths } to { $to } while the services are stopped. First compare, in bytes: the numbers of the first command together (what the copy takes) must be less than the one below Avail (what is free). Each comparison at the end must say nothing but “whole”.
    .fails = Not enough room: do not copy; make room, or name another directory in the file and make the plan anew. “No such file or directory” from mkdir: the directory for backups is missing, make it or mount the disk. No “whole”: change nothing else. “File exists”: an older copy is there, so nothing was copied; keep it, write `release.attempt = 2` into the file (a new attempt has names of its own) and make the plan anew. Otherwise make room, or copy again into a new directory. Never go on without a complete backup.
action-volume-back-up-command = Back up { $data } by the site's own command
    .what = The site’s command is to save { $paths } while the services are stopped; what exactly it copies only the command knows. The second command verifies the copy and must end without an error.
    .fails = Do not go on without a verified backup. Start the services again if it takes too long.
action-volume-back-up-person = Make a backup of { $data }
    .what = Save { $paths } now, while the services are stopped, and see that the backup can be read.
    .fails = Do not go on without a backup. Start the services again if it takes too long.
    .ask = Is the backup complete and readable?
action-volume-back-up-snapshot = Take a snapshot for { $data }
    .what = It must cover { $paths } with all disks of the same moment, shared storage included.
    .fails = Do not go on without the snapshot.
    .ask = Is the snapshot complete, shared storage included?
action-volume-back-up-accepted = Go on without a backup of { $data }
    .what = There is no backup of { $paths }: the file accepts the risk { $risk }. Nothing leads back to the data as it is now.
    .ask = Do you still want to go on without a backup?
action-volume-fix-owners = Change the owner of volumes of { $data }
    .what = { $count ->
        [one] The volume { $volumes } belongs to { $owner } afterwards; the old owner is kept in a list.
       *[other] { $count } volumes ({ $volumes }) belong to { $owner } afterwards; the old owners are kept in a list.
    } Once only: if the list shows { $owner } everywhere, leave the last command out.
    .fails = The first command names a missing volume: do not go on to the last one. Find out why it is missing.
action-volume-clear-letsencrypt = Clear the Let's Encrypt store on { $node }
    .what = { $dir } is gone, its copy is { $copy }. nginx asks for new certificates when it starts: it needs port 80 and the Internet.
    .fails = No new certificate: put the copy of the store back (the commands that undo this step), then run `dpl --dc restart nginx` in the directory of CTS.
action-volume-set-aside = Move the present data of { $data } aside
    .what = What lies in { $paths } moves within its file system to a directory whose name ends in { $suffix }: beside it, or inside it where it is a mount point. The directories themselves, mounts and links stay; nothing is deleted. Docker's own files metadata.db and backingFsBlockDev stay, too. As long as the data lies aside, no `docker volume prune`.
    .fails = “File exists”: an earlier attempt moved data there. Find out from when it is and rename that directory first. Nothing at all and not done: something is mounted deeper inside; move that by hand.
action-volume-put-back = Put the backup of { $data } back
    .what = Copies { $from } back, owners and all; each comparison must say nothing but “whole”.
    .fails = The data set aside and the backup are both still there. Find out what differs before anything is started. To repeat, first move what was copied aside with the commands of the step before, with another ending of the name; it must begin with before-rollback-, too.

action-wait-gate = See that the { $cluster } cluster is in order
    .what = No failed resource, both nodes online, a quorum, no maintenance, cluster_ip and dockerd on one and the same node. { $both ->
        [none] Started on one node: { $one }.
       *[other] Started on both nodes: { $both }. Started on one node: { $one }.
    }
    .fails = For a resource that is not as listed: `pcs resource cleanup NAME`, then look again, { $tries ->
        [one] once
       *[other] at most { $tries } times
    }. Never for one that is disabled or Starting. If cluster_ip and dockerd are on different nodes, nobody is served: move the one that strayed to the other by hand (`pcs resource move NAME NODE`), take the constraint of that move away (`pcs resource clear NAME`) and look again. If that does not help, stop here and find out why.
action-wait-arrived = Wait until the { $cluster } resources are on { $node }
    .what = cluster_ip and dockerd are both Started on { $node }, the other resources as before. Look every few seconds.
    .fails = They do not arrive: no second move. Read the failed actions in `pcs status` and let a person decide.
action-wait-clean-logs = Read the { $app } logs on { $node }
    .what = No errors among the last { $tail } lines of each container{ $except ->
        [none] {""}
       *[other] {" "}(leave out { $except })
    }. The output does not end by itself: leave it with Ctrl-C.
    .fails = Errors: keep the output and decide on the way back before anything else is changed.
action-wait-quiet-logs = Wait until the { $app } logs on { $node } are quiet
    .what = { $except ->
        [none] No container writes anything
       *[other] No container but { $except } writes anything
    } for { $quiet ->
        [one] a second
       *[other] { $quiet } seconds
    } (shown from the last { $tail } lines). No errors, and `docker ps` shows no container that restarts: one that died is quiet, too. It takes { $span }; leave the output with Ctrl-C.
    .fails = It does not get quiet: look which container restarts or repeats the same error. Do not touch the next node before that is understood.

# Why a step is not simply undone.
why-roll-back-by-pins = pin the old images in settings and deploy again: a rollback plan does it (“If you must go back”)
why-only-restore = only from the backup: in this plan the data goes where the old images cannot follow
why-stays-stopped = leave it stopped: these containers are of another release than the data; going back is a decision and a plan of its own
why-forward-again = the way on is an upgrade: take the pins out or the restored data back, and plan it anew
why-only-from-backup = the data crosses a release from which there is no rollback; only the backup leads back
why-owners-from-list = from the backup, which has the owner of every file; the saved list has the top directories only
why-from-own-copy = put back the copy made just before
why-old-database-kept = the old database files are kept in `upgrade_backup_*`; a plan of its own puts them back (“If you must go back”)
why-way-back-deleted = the only way back is deleted here
why-playbook-again = pin the old images and run the playbooks again
why-site-says-nothing = the file says nothing about taking it back
why-person-did = a person did it, a person takes it back
why-move-back = move both back to the node they left, only while nothing newer runs
why-move-decided = a person decides: back only to the node whose containers fit the data
why-images-stay = nothing to do: loaded images do no harm
undo-while-stopped = while the services are stopped; first what the backup brought is moved out, then what lies aside comes back

# In what an action can end when it is not done.
half-half-stopped = some containers are stopped and some are not
half-half-deployed = the new release may already have worked on the data
half-deployed-unseen = the command may be done, or still running, although nobody saw the end
half-half-placed = one of the two files may be the new one already
half-upgrade-begun = the upgrade of the database may have begun
half-half-deleted = part of the old files may be gone
half-move-failed = the resources are where they were, but a constraint is left
half-between-nodes = the resources have left one node and not arrived on the other
half-half-played = the playbook has changed some nodes and not others
half-played-unseen = the playbook may be done, or still running, although nobody saw the end
half-unit-hangs = a unit hangs while it stops, and the node with it
half-half-owned = some volumes have the new owner, some the old one
half-half-cleared = the store may be half deleted; its copy is whole
half-half-aside = some directories are moved aside, some are not
half-half-put-back = part of the backup is back, part is not

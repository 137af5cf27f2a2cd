# Words: hazards, doubts and accepted risks. `.end` is said where a span of steps ends.

warning-old-containers-window = Old containers on newer data. The move to { $node } starts its old containers on data that the new release has already changed. The guide itself does it this way. Stop them at once: no pause and no handover until the stop is done.
    .playbook = Old containers on newer data. The playbook moves the resources to { $node }, and until it stops them old containers work there for a short time on data that the new release has already changed. It moves, stops and deploys by itself: do not interfere. If it breaks off, read “If it fails”.
    .open = Old containers on newer data. On { $node } a deploy broke off, or the resources went there by themselves: what runs there may be old containers on data that the newer release has already changed. Stop them at once, before anything else.
    .end = The old containers on { $node } are stopped: the dangerous window is closed.
warning-idle-node-newer = { $node } may still hold the containers of the newer release, after this plan too: a failover would start them on the data that went back. If that happens, stop the services there at once; a person decides.
    .playbook = Until the second playbook { $node } still holds the containers of the newer release: a failover would start them on data that the old one works on again. If that happens, stop the services there at once; a person decides.
    .end = { $node } holds the old containers, too.
warning-old-on-newer = From here the old containers work on data that the newer release has met: { $what }. Nobody has tested that; if they fail or complain of the schema, what is left is the backup (`way = "restore"`).
warning-idle-node-old = From here until { $node } is upgraded, a failover would start its old containers on newer data. If that happens, stop the services there and let a person decide.
warning-outage = Users are cut off from here, not available: { $what }.
    .already = Users are cut off already before this plan, not available: { $what }.
    .end = { $what }: works.
warning-crosses-barrier = This plan crosses { $barriers }. After its point of no return there is no rollback: only the backup leads back.
warning-database-risk = Data can be lost while the database is upgraded. Do it with few or no users and with a backup; do not interrupt it.
warning-letsencrypt-again = nginx will ask Let's Encrypt for new certificates: port 80 and the Internet must be reachable, and Let's Encrypt limits how often one may ask.
warning-plain-deploy = Plain `dpl -d` for a certificate may update everything else too, without stop and backup.
warning-writes-lost = Everything written since the upgrade is lost by going back.
warning-cluster-unhealthy = The { $cluster } cluster is not in order now. Its check heals it or stops the plan.
warning-constraints-found = Move constraints were there before this plan in { $cluster }: { $constraints }.
warning-not-sticky = Nothing holds resources on their node in { $cluster } (resource-stickiness is not above 0): when a constraint goes or a node comes back, they can move by themselves. Before constraints are cleared the plan shows what would move.
warning-together = One playbook deploys Back and Front at once: for its copy Front is stopped before anybody has seen Back work.
warning-preferences-found = Permanent location preferences in { $cluster } can pull the resources back: { $preferences }.
warning-owners-unexpected = Some volumes do not belong to 888:888 although the installed release says they should. They are not changed; find out why.
warning-owners-on-front = Volumes of the same names on Front are not touched. Look whether there are any.
warning-pins-stay = The images pinned on { $node } stay pinned and hold the next upgrade back until they are taken out.
warning-way-back-deleted = This deletes the only files from which the database could go back to its old version. It cannot be undone.
warning-pauses = Do not skip the pauses of { $name }: skipping them can break the upgrade.
warning-inferred-playbook = The guide does not name the playbook of the secondary node; { $name } is inferred from the others.
warning-ours = { $what ->
    [without-update] Not as the guide has it: `dpl -d` runs without updating anything else.
   *[other] Not as the guide has it: this step is ours.
}
warning-accepted = Accepted in the file: { $risk }.
warning-automatic-upgrade = From now on a new image can bring a major upgrade of the database unattended.
warning-all-registries = This logs { $node } out of all registries, not only of this one.

# Risks that a file accepts by name.
risk-postgres-below-minimum = the release needs PostgreSQL 14, the database stays older
risk-no-backup = no backup of the CTS data
risk-external-database-without-backup = no backup of the external CTS database
risk-voex-without-backup = no backup of the VoEx data
risk-old-containers-window = old containers run on newer data between the second move and the stop
risk-plain-deploy = the certificate is applied by plain `dpl -d`, which may update everything
risk-pins-kept = old pins stay although they hold the new release back
warning-unproven = This plan is not proven: it was saved all the same, by somebody's wish. `ctsup prove` says what is wrong with it.

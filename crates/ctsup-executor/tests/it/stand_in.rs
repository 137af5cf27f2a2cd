//! Stand-ins for the vendor's tools, which write down each call.

/// What one stand-in does, besides writing down how it was called.
pub(crate) const STAND_INS: [(&str, &str); 5] = [
    (
        "dpl",
        r#"case "$*" in
*logs*) echo 'messaging_1  | started' ;;
*nginx\ -v*) echo 'nginx version: nginx/1.21.0' ;;
*PG_VERSION*) echo 14 ;;
-d) if [ -f "$SITE/deploy-fails" ]; then rm "$SITE/deploy-fails"; echo 'no space left'; exit 1; fi
    if [ -f "$SITE/deploy-slow" ]; then rm "$SITE/deploy-slow"; sleep 4; fi ;;
esac"#,
    ),
    (
        "docker",
        r#"case "$*" in
ps*) echo 'CONTAINER ID   IMAGE            COMMAND   CREATED      STATUS      PORTS   NAMES'
     echo '0123456789ab   cts/messaging:1  "run"     2 days ago   Up 2 days           cts_messaging_1' ;;
esac"#,
    ),
    ("systemctl", "for unit in \"$@\"; do [ \"$unit\" = is-active ] || echo active; done"),
    (
        // Asks as Ansible does: a password unseen, and a pause in the terminal's foreground.
        "ansible-playbook",
        r#"stty -echo </dev/tty; printf 'SSH password: '; read -r pw </dev/tty; stty echo </dev/tty
echo; echo "${#pw} letters"; printf '[pause]\nlook at the logs: '; read -r x </dev/tty
bad=0; [ "$x" = fail ] && bad=1
printf '\nPLAY RECAP ****\ncts : ok=3 changed=1 unreachable=0 failed=%s\n' $bad
[ "$x" = quit ] && exit 3
exit 0"#,
    ),
    ("sudo", "exec \"$@\""),
];

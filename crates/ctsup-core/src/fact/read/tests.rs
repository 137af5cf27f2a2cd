//! Answers of real tools, and what is no answer.

use super::super::Origin;
use super::*;
use crate::Catalogue;

#[test]
fn every_claim_of_an_example_names_a_fact_that_reads_back() {
    for text in [
        include_str!("../../../../../examples/ha.toml"),
        include_str!("../../../../../examples/single.toml"),
    ] {
        let lists = Default::default();
        let outcome = crate::plan(&crate::Request {
            topology: text,
            facts: None,
            image_lists: &lists,
            catalogue: Catalogue::built_in(),
            goal: crate::Goal::Upgrade,
        });
        let plan = &outcome.planned().expect("a plan").plan;
        for claim in &plan.claims {
            let key: FactKey = claim.fact.parse().expect("a fact");
            assert_eq!(key.to_string(), claim.fact);
        }
        let looked = plan
            .claims
            .iter()
            .filter_map(|c| c.fact.parse::<FactKey>().ok().and_then(|key| key.look_of(plan)));
        let commands: Vec<String> = looked.map(|look| look.command).collect();
        // Where the copy will lie there is nothing yet: its file system is asked.
        let free = "df --output=avail --block-size=1 '/backup'".to_owned();
        assert!(commands.contains(&free), "{commands:#?}");
    }
}

fn claim(test: Test, value: &str) -> Claim {
    Claim { fact: "apt".to_owned(), origin: Origin::Declared, test, value: value.to_owned() }
}

#[test]
fn claims_are_held_against_values() {
    assert_eq!(claim(Test::AtLeast, "40").met_by(&FactValue::Size(40)), Some(true));
    assert_eq!(claim(Test::AtLeast, "40").met_by(&FactValue::Size(39)), Some(false));
    let list = FactValue::List(vec!["b".to_owned(), "a".to_owned()]);
    assert_eq!(claim(Test::Is, "[a b]").met_by(&list), Some(true));
    assert_eq!(claim(Test::Is, "[]").met_by(&list), Some(false));
    assert_eq!(claim(Test::Is, "many").met_by(&FactValue::Size(1)), None);
}

#[test]
fn answers_of_real_tools_are_read() {
    let (node, none) = ("a-1".parse::<NodeName>().expect("a name"), |_: &str| None);
    let place = crate::name::Holding { holder: node.clone(), app: crate::name::App::Express };
    let names = |all: &[&str]| FactValue::List(all.iter().map(|n| (*n).to_owned()).collect());
    let cases: [(FactKey, (i32, &str, &str), FactValue); 12] = [
        (
            FactKey::Volumes(node.clone()),
            (
                0,
                "68719472640\t/var/lib/docker/volumes\n4096\t/opt/express\n68719476736\ttotal\n",
                "",
            ),
            FactValue::Size(64 << 30),
        ),
        (FactKey::PostgresFree, (0, "    Avail\n12638244864\n", ""), FactValue::Size(12638244864)),
        (
            FactKey::Nginx(node.clone()),
            (0, "", "nginx version: nginx/1.21.0\n"),
            FactValue::Release("1.21.0".parse().expect("a release")),
        ),
        (
            FactKey::Owners(node.clone()),
            (0, "888:888 /v/a/_data\n888:888 /v/b/_data\n", ""),
            FactValue::Bool(true),
        ),
        (
            FactKey::Owners(node.clone()),
            (0, "888:888 /v/a/_data\n0:0 /v/b/_data\n", ""),
            FactValue::Bool(false),
        ),
        (
            FactKey::SettingsFiles(place.clone()),
            (0, "/opt/express/settings.before-2.5\n/opt/express/settings.yaml\n", ""),
            names(&["settings.yaml"]),
        ),
        (FactKey::UpgradeKey(place.clone()), (1, "", ""), FactValue::Bool(false)),
        (
            FactKey::UpgradeKey(place.clone()),
            (0, "7:postgres_upgrade: true\n", ""),
            FactValue::Bool(true),
        ),
        (
            FactKey::Stickiness(crate::name::ClusterName::Back),
            (0, "Meta Attrs: build-resource-defaults\n  resource-stickiness=100\n", ""),
            FactValue::Integer(100),
        ),
        (FactKey::Apt, (28, "", "curl: (28) Connection timed out"), FactValue::Bool(false)),
        (
            FactKey::LoginRefused,
            (0, r#"{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}"#, ""),
            FactValue::Bool(true),
        ),
        (
            FactKey::UpgradeBackups,
            (0, "PG_VERSION\nbase\nupgrade_backup_9.5\n", ""),
            names(&["upgrade_backup_9.5"]),
        ),
    ];
    for (key, answer, value) in cases {
        assert_eq!(key.read(answer, "", none), Ok(value), "{key}");
    }
    let refused = r#"{"errors":[{"code":"UNAUTHORIZED"}]}"#;
    let asked = "curl -u userregistry http://r.example/v2/admin/tags/list";
    assert!(FactKey::LoginRefused.read((0, refused, ""), asked, none).is_err());
    // A sum without its last line is none.
    let cut = (0, "68719472640\t/var/lib/docker/volumes\n4096\t/opt/express\n", "");
    assert!(FactKey::Volumes(node.clone()).read(cut, "du", none).is_err());
    // No file to look into is no "no".
    let gone = (2, "", "grep: /opt/express/settings: No such file or directory");
    assert!(FactKey::UpgradeKey(place).read(gone, "", none).is_err());
    assert!(FactKey::Owners(node).read((0, "", ""), "", none).is_err());
}

#[test]
fn what_runs_is_told_by_all_of_its_containers() {
    let none = |_: &str| None;
    let key: FactKey = "running(a-1/express)".parse().expect("a fact");
    let list = |rows: &[(&str, &str)]| {
        let mut text =
            "CONTAINER ID   IMAGE   COMMAND   CREATED      STATUS      PORTS     NAMES\n"
                .to_owned();
        for (name, status) in rows {
            text.push_str(&format!(
                "d7f893067461   reg:5000/x:1.39.0   \"run\"   2 days ago   {status}     {name}\n"
            ));
        }
        text
    };
    let up = list(&[
        ("cts_a_1", "Up 2 days"),
        ("cts_b_1", "Up 2 days"),
        ("voex_c_1", "Exited (0) 2 days ago"),
    ]);
    assert_eq!(key.read((0, &up, ""), "", none), Ok(FactValue::Bool(true)));
    let down = list(&[("cts_a_1", "Exited (0) 2 days ago"), ("voex_c_1", "Up 2 days")]);
    assert_eq!(key.read((0, &down, ""), "", none), Ok(FactValue::Bool(false)));
    let mixed = list(&[("cts_a_1", "Up 2 days"), ("cts_b_1", "Exited (1) 2 days ago")]);
    assert_eq!(
        key.read((0, &mixed, ""), "", none),
        Err(Seen::PartlyDown("cts".to_owned(), "1/2".to_owned(), "cts_b_1".to_owned()))
    );
    let others = list(&[("express_a_1", "Up 2 days")]);
    assert!(key.read((0, &others, ""), "", none).is_err(), "another project");
    let idle = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock.";
    assert_eq!(key.read((1, "", idle), "", none), Ok(FactValue::Bool(false)));
}

#[test]
fn pins_are_read_as_they_stand_and_never_repeated_in_an_error() {
    let none = |_: &str| None;
    let key: FactKey = "pins(back/express)".parse().expect("a fact");
    let read = |text: &str| key.read((0, text, ""), "", none);
    assert_eq!(read(""), Ok(FactValue::Images(BTreeMap::new())));
    assert_eq!(read("images: {}\n"), Ok(FactValue::Images(BTreeMap::new())));
    let two = read(
        "images:\n  # of 2022\n  trusts: ccs/trusts:1.28.0 # old\n  admin: \"ccs/admin:1.2\"\n",
    );
    let Ok(FactValue::Images(two)) = two else { panic!("{two:?}") };
    let two: Vec<_> = two.iter().map(|(name, image)| format!("{name} {image}")).collect();
    assert_eq!(two, ["admin ccs/admin:1.2", "trusts ccs/trusts:1.28.0"]);
    for wrong in ["images: [a]\n", "images:\n  password: \n", "images:\n a: x:1\nimages:\n"] {
        let unread = Seen::Unreadable("images:".to_owned(), String::new());
        assert_eq!(read(wrong), Err(unread), "{wrong}");
    }
    assert!(key.read((2, "", "sed: can't read x: No such file"), "", none).is_err());
}

#[test]
fn what_does_not_answer_is_no_value() {
    let node: NodeName = "a-1".parse().expect("a name");
    let none = |_: &str| None;
    let dead = (1, "", "ls: cannot access 'x': Transport endpoint is not connected");
    assert!(FactKey::LetsEncrypt(node.clone()).read(dead, "ls", none).is_err());
    let gone = (2, "", "ls: cannot access 'x': No such file or directory");
    let read = FactKey::LetsEncrypt(node.clone()).read(gone, "ls", none);
    assert_eq!(read, Ok(FactValue::Bool(false)));
    let free = FactKey::FreeImages(node.clone());
    assert!(free.read((1, "", "Cannot connect"), "df", none).is_err());
    // As docker says it where only its root is asked for.
    let template = "template: :1:2: executing \"\" at <.DockerRootDir>: reflect: indirection \
                    through nil pointer to embedded struct field Info";
    assert_eq!(free.read((1, "", template), "docker info", none), Err(Seen::NoDocker));
    let running: FactKey = "running(a-1/express)".parse().expect("a fact");
    assert_eq!(running.read((1, "", template), "", none), Ok(FactValue::Bool(false)));
    // A directory that nobody made has no free space, neither much nor none.
    let (command, gone) = (
        "df --output=avail --block-size=1 '/mnt/backup'",
        (1, "", "df: /mnt/backup: No such file or directory"),
    );
    let read = FactKey::FreeBackup(node).read(gone, command, none);
    assert_eq!(read, Err(Seen::NoDirectory("/mnt/backup".to_owned())));
}

/// What settings tell is tested again before a run, on the node that serves.
#[test]
fn a_saved_plan_names_where_its_settings_are_read() {
    let outcome = crate::plan(&crate::Request {
        topology: include_str!("../../../../../examples/ha.toml"),
        facts: None,
        image_lists: &Default::default(),
        catalogue: Catalogue::built_in(),
        goal: crate::Goal::Upgrade,
    });
    let plan = &outcome.planned().expect("a plan").plan;
    let look = |fact: &str| {
        assert!(plan.claims.iter().any(|claim| claim.fact == fact), "{fact} is claimed");
        let key: FactKey = fact.parse().expect("a fact");
        let look = key.look_of(plan).unwrap_or_else(|| panic!("{fact} has no look"));
        (look.node.expect("a node").to_string(), look.command)
    };
    let (node, command) = look("pins(back/express)");
    assert_eq!(node, "back-01");
    assert!(command.ends_with(" /opt/express/settings"), "{command}");
    let (node, command) = look("settings-files(back/express)");
    assert_eq!((node.as_str(), command.as_str()), ("back-01", "ls /opt/express/settings*"));
    let (_, command) = look("postgres-upgrade(back/express)");
    assert_eq!(command, "grep -n '^postgres_upgrade:' /opt/express/settings");
}

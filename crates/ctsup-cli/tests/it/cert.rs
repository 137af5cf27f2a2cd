//! `ctsup cert`: reports on certificates, and words for every finding.

use ctsup_certificate::Code;
use ctsup_render::{Arg, Lang, Words};

use crate::harness::ctsup;

const FILES: &str = "crates/ctsup-certificate/tests/fixtures";

fn cert(bundle: &str, key: &str, rest: &str) -> crate::harness::Ran {
    ctsup(&format!("cert {FILES}/{bundle} {FILES}/{key} --at 2030-01-01 {rest}"))
}

#[test]
fn files_that_can_be_used() {
    let ran = cert("clean.pem", "server.key", "--host express.example.org");
    insta::assert_snapshot!(ran.transcript(), @r#"
    --- stdout
    crates/ctsup-certificate/tests/fixtures/clean.pem with crates/ctsup-certificate/tests/fixtures/server.key for express.example.org, as of 2030-01-01T00:00:00Z

    1. server: CN=express.example.org
       issued by O=Example, CN=Example Intermediate
       for express.example.org
       valid from 2026-11-22T14:32:31Z to 2126-10-29T14:32:31Z
       key RSA 2048, SHA-256 3980575cf20eb1354059f3764a20cd3a4d296b8560265a7c243756f5277e22ef
    2. intermediate: O=Example, CN=Example Intermediate
       issued by O=Example, CN=Example Root
       valid from 2026-11-22T14:32:31Z to 2126-10-29T14:32:31Z
       key RSA 2048, SHA-256 7f7a3937ab55f52b6eb9e8066423264966d7cecf588da8ed133c106a326f7a2c
    3. root: O=Example, CN=Example Root
       valid from 2026-11-22T14:32:31Z to 2126-10-29T14:32:31Z
       key RSA 2048, SHA-256 bccf22738a385186990c6aecee299cbf2f51bfb85f5fdabc185027792f039da5

    note[trust-unchecked]: certificate 3: whether clients trust O=Example, CN=Example Root is not checked here
    note[tls-version]: TLS of at least 1.2 is nginx's setting, no certificate decides it

    the files can be used
    --- exit 0
    "#);
}

#[test]
fn files_that_must_not_be_used() {
    let ran = cert("server.pem", "rsa-2048-other.key", "--host mail.example.org --lang ru");
    insta::assert_snapshot!(ran.transcript(), @r#"
    --- stdout
    crates/ctsup-certificate/tests/fixtures/server.pem и crates/ctsup-certificate/tests/fixtures/rsa-2048-other.key для mail.example.org, на 2030-01-01T00:00:00Z

    1. серверный: CN=express.example.org
       издатель O=Example, CN=Example Intermediate
       для express.example.org
       действует с 2026-11-22T14:32:31Z по 2126-10-29T14:32:31Z
       ключ RSA 2048, SHA-256 3980575cf20eb1354059f3764a20cd3a4d296b8560265a7c243756f5277e22ef

    отказ[issuer-missing]: сертификат 1: в файле нет его издателя: O=Example, CN=Example Intermediate
      = выход: добавьте тот сертификат сразу за ним; его можно скачать у удостоверяющего центра
    отказ[name-not-covered]: сертификат 1: не для mail.example.org; он для express.example.org
      = выход: выпустите такой, где mail.example.org есть среди альтернативных имен
    отказ[private-key-mismatch]: сертификат 1: закрытый ключ не от серверного сертификата
      = выход: найдите ключ, с которым делали запрос; иначе выпустите новый сертификат
    примечание[trust-unchecked]: сертификат 1: доверяют ли клиенты центру O=Example, CN=Example Intermediate, здесь не проверяется
    примечание[tls-version]: TLS не ниже 1.2 — настройка nginx, от сертификата она не зависит

    такие файлы ставить нельзя
    --- exit 1
    "#);
}

#[test]
fn a_document_for_programs() {
    let ran = cert("p256.pem", "server.p12", "--host express.example.org --format json");
    assert_eq!(ran.exit, 1);
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(report["refused"], true);
    assert_eq!(report["findings"][0]["code"], "not-pem");
}

#[test]
fn every_code_has_words() {
    for lang in Lang::ALL {
        let words = Words::of(lang);
        for code in Code::ALL {
            let args: Vec<_> = code.args().iter().map(|name| (*name, Arg::from("1"))).collect();
            for id in [String::new(), ".help".to_owned()] {
                let id = format!("certificate-{}{id}", code.as_str());
                let said = words.say(&id, &args);
                assert!(words.has(&id) && !said.contains('{'), "{id}: {said}");
            }
        }
    }
}

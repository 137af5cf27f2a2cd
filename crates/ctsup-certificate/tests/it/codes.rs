//! Every code can be found, and its name is fit for use.

use std::collections::BTreeSet;

use ctsup_certificate::{Code, Report, Severity, Time, check};
use rcgen::{
    BasicConstraints, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, KeyPair,
    NameConstraints, PKCS_ED25519, PKCS_RSA_SHA384,
};

use crate::make::{AT, DAY, HOST, Made, bundle, bytes, chain_of, checked, key, text};

#[test]
fn every_code_is_found_with_its_arguments() {
    for &code in Code::ALL {
        let report = example(code);
        let finding = report.findings.iter().find(|finding| finding.code == code);
        let finding = finding.unwrap_or_else(|| panic!("no {} in {report:#?}", code.as_str()));
        let expected: BTreeSet<_> = code.args().iter().collect();
        assert_eq!(finding.args.keys().collect::<BTreeSet<_>>(), expected, "{}", code.as_str());
        assert_eq!(finding.severity, code.severity());
    }
}

#[test]
fn a_code_says_no_more_than_it_has_to() {
    // What refuses, refuses; what warns or notes does not.
    for &code in Code::ALL {
        let refused = example(code).refused();
        let alone = !matches!(code, Code::SignatureUnchecked | Code::CommonNameIgnored);
        if code.severity() == Severity::Refuse || alone {
            assert_eq!(refused, code.severity() == Severity::Refuse, "{}", code.as_str());
        }
    }
}

#[test]
fn names_are_kebab_case_and_unique() {
    let names: BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(names.len(), Code::ALL.len());
    for name in names {
        assert!(
            name.split('-')
                .all(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase())),
            "{name}"
        );
    }
}

/// A report with the code in it. A new code does not compile without an example here.
fn example(code: Code) -> Report {
    let mut made = Made::new();
    let with_key = |key: &[u8]| check(&bytes("clean.pem"), key, HOST, AT);
    let at = |seconds| {
        check(made.bundle().as_bytes(), &bytes("server.key"), HOST, Time::from_unix(seconds))
    };
    match code {
        Code::NotPem => checked("attached"),
        Code::ByteOrderMark => checked("\u{feff}".to_owned() + &text("clean.pem")),
        Code::PemMalformed => checked(text("clean.pem").replace("-----\n-----", "----------")),
        Code::BlockIgnored => with_key(&[bytes("server.key"), bytes("server.pem")].concat()),
        Code::BundleEmpty => checked(""),
        Code::CertificateUnreadable => checked(text("trusted.pem")),
        Code::KeyInBundle => checked(bundle(&["clean.pem", "server.key"])),
        Code::VersionOld => checked(chain_of("v1.pem")),
        Code::KeyWeak => checked(chain_of("rsa-2047.pem")),
        Code::KeyElliptic => check(chain_of("p256.pem").as_bytes(), &bytes("p256.key"), HOST, AT),
        Code::KeyUnsupported => checked(chain_of("secp256k1.pem")),
        Code::SignatureWeak => checked(chain_of("sha1.pem")),
        Code::SignatureStronger => {
            made.intermediate.key =
                KeyPair::from_pem_and_sign_algo(&text("intermediate.key"), &PKCS_RSA_SHA384)
                    .unwrap();
            made.report()
        }
        Code::SignatureUnsupported => {
            made.intermediate.key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
            made.report()
        }
        Code::RootSignatureWeak => {
            checked(bundle(&["server.pem", "intermediate.pem", "root-sha1.pem"]))
        }
        Code::Expired => at(AT.unix() + 1000 * DAY),
        Code::NotYetValid => at(0),
        Code::ExpiresSoon => at(AT.unix() + 364 * DAY),
        Code::CertificateDuplicate => checked(bundle(&["clean.pem", "root.pem"])),
        Code::OrderWrong => checked(bundle(&["root.pem", "intermediate.pem", "server.pem"])),
        Code::NotInChain => checked(bundle(&["clean.pem", "p521.pem"])),
        Code::IssuerMissing => checked(text("server.pem")),
        Code::RootMissing => checked(bundle(&["server.pem", "intermediate.pem"])),
        Code::SignatureInvalid => {
            let issued = made.intermediate.issue(&made.server);
            made.intermediate.key = key("rsa-2048-other");
            checked(issued + &made.root.issue(&made.intermediate) + &made.root.self_signed())
        }
        Code::SignatureUnchecked => checked(chain_of("sha1.pem")),
        Code::SelfSigned => checked(made.server.self_signed()),
        Code::ServerIsCa => {
            made.server.params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            made.report()
        }
        Code::UsageWrong => {
            made.server.params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
            made.report()
        }
        Code::NotCa => {
            made.intermediate.params.is_ca = IsCa::NoCa;
            made.report()
        }
        Code::ChainRejected => {
            made.root.params.name_constraints = Some(NameConstraints {
                permitted_subtrees: Vec::new(),
                excluded_subtrees: vec![GeneralSubtree::DnsName(HOST.into())],
            });
            made.report()
        }
        Code::HostInvalid => check(&bytes("clean.pem"), &bytes("server.key"), "express", AT),
        Code::NameNotCovered => check(&bytes("clean.pem"), &bytes("server.key"), "example.org", AT),
        Code::CommonNameIgnored => {
            made.server.params.subject_alt_names.clear();
            made.server.params.distinguished_name.push(DnType::CommonName, HOST);
            made.report()
        }
        Code::PrivateKeyMissing => with_key(b""),
        Code::PrivateKeysSeveral => with_key(&[bytes("server.key"), bytes("server.key")].concat()),
        Code::PrivateKeyEncrypted => with_key(&bytes("server-encrypted.key")),
        Code::PrivateKeyUnreadable => {
            with_key(b"-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n")
        }
        Code::PrivateKeyMismatch => with_key(&bytes("root.key")),
        Code::PrivateKeyUnchecked => {
            let chain = text("p521-server.pem") + &text("p521.pem");
            check(chain.as_bytes(), &bytes("p521-server-no-public.key"), HOST, AT)
        }
        Code::LetsEncrypt => {
            made.intermediate
                .params
                .distinguished_name
                .push(DnType::OrganizationName, "Let's Encrypt");
            made.report()
        }
        Code::TrustUnchecked | Code::TlsVersion => checked(text("clean.pem")),
    }
}

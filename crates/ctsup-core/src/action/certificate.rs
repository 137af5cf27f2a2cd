//! The certificate's files: check, replace keeping the old, see what nginx serves.

use serde::{Deserialize, Serialize};

use super::{Args, Family, Kind, Repeat, Undo, joined, node_arg, quoted};
use crate::name::NodeName;
use crate::state::{Atom, Effect, Half, is};

/// Something done with the certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Certificate {
    /// The bundle and key against the guide's requirements (CERT.1), on the operator's machine.
    Check {
        /// The bundle, as the topology names it.
        bundle: String,
        /// The name users type.
        host: String,
        /// The key, as the topology names it.
        key: String,
    },
    /// The new files in place of the old, which are kept (CERT.2).
    Place {
        /// The directory with CTS's settings, on the node whose nginx serves.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        app_dir: Option<String>,
        /// The new bundle on the operator's machine.
        bundle: String,
        /// Its name on the node.
        bundle_name: String,
        /// The directory on the node.
        dir: String,
        /// The directory on the node to which the new files are brought first.
        incoming: String,
        /// The new key on the operator's machine.
        key: String,
        /// Its name on the node.
        key_name: String,
        /// Where.
        node: NodeName,
        /// Ending of the old files' new names.
        suffix: String,
    },
    /// Both nodes hold the same files (A21).
    Compare {
        /// The directory.
        dir: String,
        /// The files.
        files: Vec<String>,
        /// Where it is looked at.
        node: NodeName,
    },
    /// What nginx serves (CERT.3).
    SeeServed {
        /// The bundle in place, with which it is compared.
        file: String,
        /// The name users type.
        host: String,
        /// Where it is asked.
        node: NodeName,
    },
}

impl Family for Certificate {
    fn code(&self) -> &'static str {
        match self {
            Self::Check { .. } => "certificate-check",
            Self::Place { .. } => "certificate-place",
            Self::Compare { .. } => "certificate-compare",
            Self::SeeServed { .. } => "certificate-see-served",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Check { .. } => Kind::Confirm,
            Self::Place { .. } => Kind::Change,
            Self::Compare { .. } | Self::SeeServed { .. } => Kind::Observe,
        }
    }

    fn commands(&self) -> Vec<String> {
        match self {
            Self::Check { bundle, host, key } => {
                vec![format!("ctsup cert {} {} --host {host}", quoted(bundle), quoted(key))]
            }
            Self::Place { bundle_name, incoming, key_name, suffix, .. } => {
                let names = [bundle_name, key_name];
                let there = names.map(|name| format!("test -s {incoming}/{name}")).join(" && ");
                let mut all = vec![format!("mkdir -p -m 0700 {incoming}")];
                // One chain for each file: it is not overwritten before both new ones are there and
                // it is kept. `cat` into the old file keeps its owner and mode.
                all.extend(names.map(|name| {
                    let kept = super::kept_first(name, &format!("{name}.{suffix}"));
                    format!("{there} && {kept} && cat {incoming}/{name} > {name}")
                }));
                // The key is left in one place only.
                let same = names.map(|name| format!("diff -q {incoming}/{name} {name}"));
                all.push(format!("{} && rm -r {incoming}", same.join(" && ")));
                all
            }
            Self::Compare { dir, files, .. } => {
                let paths: Vec<_> = files.iter().map(|f| format!("{dir}/{f}")).collect();
                vec![format!("sha256sum {}", joined(&paths, " "))]
            }
            Self::SeeServed { file, host, .. } => vec![
                format!("openssl x509 -in {file} -noout -subject -enddate -fingerprint -sha256"),
                format!(
                    "openssl s_client -connect localhost:443 -servername {host} < /dev/null | \
                     openssl x509 -noout -subject -enddate -fingerprint -sha256"
                ),
            ],
        }
    }

    fn effect(&self) -> Effect {
        match self {
            Self::Check { .. } => {
                Effect { done: vec![is(Atom::CertificateSound)], ..Effect::default() }
            }
            Self::Place { node, .. } => Effect {
                needs: vec![is(Atom::CertificateSound)],
                done: vec![is(Atom::CertificatePlaced(node.clone()))],
                halves: vec![Half { code: "half-placed", changes: Vec::new() }],
            },
            Self::Compare { node, .. } => Effect {
                needs: vec![is(Atom::CertificatePlaced(node.clone()))],
                ..Effect::default()
            },
            Self::SeeServed { node, .. } => Effect {
                needs: vec![is(Atom::CertificateServed(node.clone()))],
                ..Effect::default()
            },
        }
    }

    fn args(&self) -> Args {
        match self {
            Self::Check { bundle, host, key } => {
                vec![("bundle", bundle.clone()), ("key", key.clone()), ("host", host.clone())]
            }
            Self::Place { bundle, bundle_name, dir, incoming, key, key_name, node, .. } => vec![
                node_arg(node),
                ("dir", dir.clone()),
                ("incoming", incoming.clone()),
                ("bundle", bundle.clone()),
                ("key", key.clone()),
                ("bundle_name", bundle_name.clone()),
                ("key_name", key_name.clone()),
            ],
            Self::Compare { dir, node, .. } => vec![node_arg(node), ("dir", dir.clone())],
            Self::SeeServed { host, node, .. } => vec![node_arg(node), ("host", host.clone())],
        }
    }

    fn cwd(&self) -> Option<&str> {
        match self {
            Self::Place { dir, .. } => Some(dir),
            _ => None,
        }
    }

    fn repeat(&self) -> Repeat {
        Repeat::Safe
    }

    fn undo(&self) -> Undo {
        match self {
            Self::Place { app_dir, bundle_name, key_name, suffix, .. } => {
                let names = [bundle_name, key_name];
                let mut all: Vec<_> =
                    names.iter().map(|name| format!("cp -a {name}.{suffix} {name}")).collect();
                let restart = app_dir.as_ref();
                all.extend(restart.map(|dir| format!("cd {dir} && dpl --dc restart nginx")));
                Undo::Commands(all)
            }
            _ => Undo::Nothing,
        }
    }
}

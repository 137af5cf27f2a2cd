//! The local image registry: load archives, see tags, fill it from elsewhere, log in again.

use serde::{Deserialize, Serialize};

use super::{Args, Family, Kind, Undo, Why, joined, node_arg};
use crate::name::{NodeName, Stack};
use crate::state::{Atom, Effect, is};
use crate::version::ImageRef;

/// Something done with images and where they come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Registry {
    /// Copies archives and the vendor's script to the scratch directory and runs it (HA.1, WC.2).
    Load {
        /// Where the archives were delivered.
        archives: String,
        /// The registry's host.
        node: NodeName,
        /// Directory from which the script loads.
        scratch: String,
        /// The script.
        script: String,
    },
    /// Gets images on a host with Internet (REG.1.1).
    Download {
        /// That host.
        node: NodeName,
    },
    /// Sends them to the registry (REG.1.2).
    Upload {
        /// The host that has them.
        node: NodeName,
        /// The registry.
        url: String,
    },
    /// Reads the tags of every service (REG.1.3).
    SeeTags {
        /// Where the request starts.
        node: NodeName,
        /// Services to ask for.
        services: Vec<String>,
        /// The registry.
        url: String,
        /// Its user; the password is asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        user: Option<String>,
    },
    /// Takes the stored login away, keeping a copy (REG.2.1).
    LogOut {
        /// Where.
        node: NodeName,
    },
    /// Logs in again (REG.2.2); a person types the password.
    LogIn {
        /// Where.
        node: NodeName,
        /// The registry's host.
        registry: String,
        /// Its user.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        user: Option<String>,
    },
    /// Fetches single images before anything is stopped (K6).
    Pull {
        /// Which.
        images: Vec<ImageRef>,
        /// Where.
        node: NodeName,
        /// The registry's host, with a slash, or nothing for the vendor's.
        prefix: String,
    },
    /// Sees that the images to go back to are on the node, and fetches those that are not, before
    /// anything is stopped (K12).
    OldImages {
        /// Which.
        images: Vec<ImageRef>,
        /// The registry's host, with a slash, or nothing for the vendor's.
        prefix: String,
        /// Whose.
        stack: Stack,
    },
}

const LOGIN: &str = "~/.docker/config.json";
const LOGIN_KEPT: &str = "~/.docker/config.json.before-ctsup";

impl Family for Registry {
    fn code(&self) -> &'static str {
        match self {
            Self::Load { .. } => "registry-load",
            Self::Download { .. } => "registry-download",
            Self::Upload { .. } => "registry-upload",
            Self::SeeTags { .. } => "registry-see-tags",
            Self::LogOut { .. } => "registry-log-out",
            Self::LogIn { .. } => "registry-log-in",
            Self::Pull { .. } => "registry-pull",
            Self::OldImages { .. } => "registry-old-images",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::SeeTags { .. } => Kind::Observe,
            Self::Download { .. } | Self::Upload { .. } | Self::LogIn { .. } => Kind::Confirm,
            _ => Kind::Change,
        }
    }

    fn commands(&self) -> Vec<String> {
        match self {
            Self::Load { archives, scratch, script, .. } => {
                let name = script.rsplit('/').next().unwrap_or(script);
                vec![
                    format!("mkdir -p {scratch}"),
                    format!("ls -A {scratch}"),
                    // One chain: last time's archives are not loaded again, nor half of these.
                    format!(
                        "[ -z \"$(ls -A {scratch})\" ] && cp {archives}/*.tar {scratch}/ && \
                         cp {script} {scratch}/ && cd {scratch} && ./{name}"
                    ),
                ]
            }
            Self::Download { .. } => vec!["./download.sh".to_owned()],
            Self::Upload { .. } => vec!["./upload.sh".to_owned()],
            Self::SeeTags { services, url, user, .. } => {
                // One call for all services: curl asks for the password once, and by itself, so
                // that it is in no argument.
                let user = user.as_ref().map_or_else(String::new, |user| format!("-u {user} "));
                let services = match services.as_slice() {
                    [only] => only.clone(),
                    all => format!("{{{}}}", all.join(",")),
                };
                vec![format!("curl {user}'{url}/v2/{services}/tags/list'")]
            }
            Self::LogOut { .. } => {
                // Logged out already there is nothing to take away.
                let take = format!("{} && rm {LOGIN}", super::kept_first(LOGIN, LOGIN_KEPT));
                vec![format!("if [ -e {LOGIN} ]; then {take}; fi")]
            }
            Self::LogIn { registry, user, .. } => match user {
                Some(user) => vec![format!("docker login --username {user} {registry}")],
                None => vec![format!("docker login {registry}")],
            },
            Self::Pull { images, prefix, .. } => {
                images.iter().map(|image| format!("docker pull {prefix}{image}")).collect()
            }
            Self::OldImages { images, prefix, .. } => images
                .iter()
                .map(|image| {
                    let image = format!("{prefix}{image}");
                    format!(
                        "docker image inspect --format '{{{{.Id}}}}' {image} || docker pull {image}"
                    )
                })
                .collect(),
        }
    }

    fn effect(&self) -> Effect {
        let done = match self {
            // Where nobody loads, the tags say that somebody did.
            Self::Load { .. } | Self::Upload { .. } | Self::SeeTags { .. } => {
                vec![is(Atom::Loaded)]
            }
            Self::Pull { node, .. } => vec![is(Atom::SpecialFetched(node.clone()))],
            Self::OldImages { stack, .. } => vec![is(Atom::Fetched(stack.clone()))],
            _ => Vec::new(),
        };
        Effect { done, ..Effect::default() }
    }

    fn args(&self) -> Args {
        match self {
            Self::Load { archives, node, scratch, script } => vec![
                node_arg(node),
                ("archives", archives.clone()),
                ("scratch", scratch.clone()),
                ("script", script.clone()),
            ],
            Self::Download { node } | Self::LogOut { node } => vec![node_arg(node)],
            Self::Upload { node, url } => vec![node_arg(node), ("url", url.clone())],
            Self::SeeTags { node, services, url, .. } => vec![
                node_arg(node),
                ("url", url.clone()),
                ("count", services.len().to_string()),
                ("services", services.join(", ")),
            ],
            Self::LogIn { node, registry, .. } => {
                vec![node_arg(node), ("registry", registry.clone())]
            }
            Self::Pull { images, node, .. } => {
                vec![node_arg(node), ("images", joined(images, ", "))]
            }
            Self::OldImages { images, stack, .. } => vec![
                node_arg(&stack.node),
                ("app", stack.app.to_string()),
                ("count", images.len().to_string()),
                ("images", joined(images, ", ")),
            ],
        }
    }

    fn undo(&self) -> Undo {
        match self {
            Self::Load { .. }
            | Self::Upload { .. }
            | Self::Pull { .. }
            | Self::OldImages { .. } => Undo::Person(Why::ImagesStay),
            Self::LogOut { .. } => Undo::Commands(vec![format!("cp -a {LOGIN_KEPT} {LOGIN}")]),
            _ => Undo::Nothing,
        }
    }
}

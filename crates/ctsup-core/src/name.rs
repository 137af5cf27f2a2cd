//! Names: nodes, clusters, applications, and what is made of them.
//!
//! A name is parsed once, where it enters; inside no plain text stands for a node.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A node by its short name in the topology, such as `back-01`. Never a role.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct NodeName(Arc<str>);

/// The text cannot be a name: letters, digits, `-`, `_` and `.`, at most 63, a letter or digit first.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a name")]
pub struct NotAName(pub String);

impl NodeName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for NodeName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// Whether a text can name a node, a site or a site's own step.
#[must_use]
pub fn is_name(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
}

impl FromStr for NodeName {
    type Err = NotAName;
    fn from_str(text: &str) -> Result<Self, NotAName> {
        if is_name(text) { Ok(Self(text.into())) } else { Err(NotAName(text.to_owned())) }
    }
}

impl TryFrom<String> for NodeName {
    type Error = NotAName;
    fn try_from(text: String) -> Result<Self, NotAName> {
        text.parse()
    }
}

impl From<NodeName> for String {
    fn from(name: NodeName) -> Self {
        name.0.as_ref().to_owned()
    }
}

impl Serialize for NodeName {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.0)
    }
}

impl fmt::Display for NodeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The two halves of a fault-tolerant installation; each is a Pacemaker cluster of two nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClusterName {
    /// Holds the database and the message services.
    Back,
    /// Faces the users.
    Front,
}

impl ClusterName {
    /// Both, in the order in which they are updated.
    pub const ALL: [Self; 2] = [Self::Back, Self::Front];

    /// The name as text.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Back => "back",
            Self::Front => "front",
        }
    }
}

impl fmt::Display for ClusterName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What dpl looks after on a node; each has a directory with `settings` of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum App {
    /// The corporate server, in `/opt/express`.
    Express,
    /// The voice server, in `/opt/express-voice`.
    Voex,
    /// The web client of its own cluster, looked after by playbooks only.
    WebClient,
}

impl App {
    /// The name as text.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Express => "express",
            Self::Voex => "voex",
            Self::WebClient => "web-client",
        }
    }

    /// Its project as docker-compose knows it: the names of its containers begin with it.
    #[must_use]
    pub fn project(self) -> &'static str {
        match self {
            Self::Express => "cts",
            Self::Voex => "voex",
            Self::WebClient => "web_client",
        }
    }
}

impl fmt::Display for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for App {
    type Err = NotAName;
    fn from_str(text: &str) -> Result<Self, NotAName> {
        [Self::Express, Self::Voex, Self::WebClient]
            .into_iter()
            .find(|app| app.as_str() == text)
            .ok_or_else(|| NotAName(text.to_owned()))
    }
}

/// One application on one node: the containers that a `dpl` there starts and stops.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stack {
    /// Where.
    pub node: NodeName,
    /// What.
    pub app: App,
}

impl Stack {
    /// An application on a node.
    #[must_use]
    pub fn new(node: &NodeName, app: App) -> Self {
        Self { node: node.clone(), app }
    }
}

/// What holds something that one node has for itself or that a cluster's nodes share:
/// a set of volumes, a settings file. Its name is that of the node or of the cluster.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Holding {
    /// A node's name, or a cluster's where its nodes share the thing.
    pub holder: NodeName,
    /// Whose it is.
    pub app: App,
}

/// The data of one application: backed up, owned, and met by releases as a whole.
pub type DataSet = Holding;

/// The directory with one application's `settings`.
pub type SettingsPlace = Holding;

macro_rules! slashed {
    ($type:ident, $first:ident) => {
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.$first.as_str())?;
                f.write_str("/")?;
                f.write_str(self.app.as_str())
            }
        }

        impl FromStr for $type {
            type Err = NotAName;
            fn from_str(text: &str) -> Result<Self, NotAName> {
                let (first, app) = text.split_once('/').ok_or_else(|| NotAName(text.to_owned()))?;
                Ok(Self { $first: first.parse()?, app: app.parse()? })
            }
        }

        impl Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

slashed!(Stack, node);
slashed!(Holding, holder);

//! Closed sets whose members have stable names: in files, on the command line, in plans.

/// Makes a closed set: the members in the order of the table, each with the one name that it has
/// everywhere.
macro_rules! named {
    ($(#[$about:meta])* $type:ident; $($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(serde::Serialize, serde::Deserialize)]
        pub enum $type { $($(#[$doc])* #[serde(rename = $text)] $name,)* }

        impl $type {
            /// All of them, in order.
            pub const ALL: [Self; [$($text),*].len()] = [$(Self::$name,)*];

            /// The stable name.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// By the stable name.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|one| one.as_str() == text)
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

pub(crate) use named;

//! Risks that a file accepts by name, and readings that it may choose.

macro_rules! named {
    ($(#[$about:meta])* $type:ident; $($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $type { $($(#[$doc])* $name,)* }

        impl $type {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The name in the file.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// By the name in the file.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|x| x.as_str() == text)
            }
        }
    };
}

named! {
    /// A risk that a file can accept by name; there is no blanket force.
    Risk;
    /// CTS 2.4 or later on PostgreSQL below 14 (invariant 16, A33).
    PostgresBelowMinimum = "postgres-below-minimum";
    /// No backup of CTS data.
    NoBackup = "no-backup";
    /// No backup of VoEx data (invariant 2).
    VoexWithoutBackup = "voex-without-backup";
    /// No backup of a database outside CTS (invariant 2).
    ExternalDatabaseWithoutBackup = "external-database-without-backup";
    /// Old containers on newer data between a second switch and the stop (invariant 31).
    OldContainersWindow = "old-containers-window";
    /// A certificate applied by plain `dpl -d`, which may update everything (A22).
    PlainDeploy = "plain-deploy";
    /// Pins of an earlier rollback kept although they hold the target back (K15).
    PinsKept = "pins-kept";
}

named! {
    /// An ambiguity of the guide whose reading a file can choose.
    Reading;
    /// What happens to move constraints at the end: `offer`, `clear` or `keep`.
    A12 = "A12";
    /// Owners are changed when upgrading from 1.28.x too: `up-to-1.28` or `below-1.28`.
    A1 = "A1";
}

impl Reading {
    /// What can be chosen; the first is taken when the file says nothing.
    #[must_use]
    pub fn choices(self) -> &'static [&'static str] {
        match self {
            Self::A12 => &["offer", "clear", "keep"],
            Self::A1 => &["up-to-1.28", "below-1.28"],
        }
    }
}

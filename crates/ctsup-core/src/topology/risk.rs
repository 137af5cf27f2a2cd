//! Risks that a file accepts by name, and readings that it may choose.

use crate::named::named;

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

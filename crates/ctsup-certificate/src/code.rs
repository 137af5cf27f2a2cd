//! The closed list of what can be found, with severity and arguments in one table.
//!
//! Codes are a contract: words files and `--format json` use them. One may be added, none may
//! change its meaning.

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; nothing to do about the files.
    Note,
    /// Works, yet differs from the guide's letter or will soon need attention.
    Warn,
    /// Against the guide, or the server or its clients would not work with it.
    Refuse,
}

macro_rules! codes {
    ($( $(#[doc = $doc:literal])+ $variant:ident $text:literal $severity:ident [$($arg:literal)*]; )+) => {
        /// What was found. Each code has one severity and a fixed set of arguments.
        ///
        /// Positions in arguments count from 1, as people do; lines too.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(
                $(#[doc = $doc])+
                #[doc = concat!("\n\n`", $text, "`, [`Severity::", stringify!($severity), "`]; arguments:" $(, " `", $arg, "`")*, ".")]
                $variant,
            )+
        }

        impl Code {
            /// Every code, in the order in which a report lists them by and large.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable name, for words files and machine-readable output.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// The weight of every finding with this code.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity),+ }
            }

            /// The names of the arguments that every finding with this code carries.
            pub const fn args(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($arg),*]),+ }
            }
        }
    };
}

codes! {
    /// The `file` (`bundle` or `key`) is not PEM; it `looks` like `der`, `base64`, `pkcs12`, `utf-16` or `other`.
    NotPem "not-pem" Refuse ["file" "looks"];
    /// The `file` begins with a byte order mark, which older OpenSSL stumbles over.
    ByteOrderMark "byte-order-mark" Warn ["file"];
    /// PEM that nginx would fail on or read past. `reason`: `begin-missing`, `end-missing`,
    /// `labels-differ`, `glued`, `marker`, `blank-line`, `header` or `base64`.
    PemMalformed "pem-malformed" Refuse ["file" "line" "reason"];
    /// A block that is neither certificate nor private key; nginx skips it.
    BlockIgnored "block-ignored" Warn ["file" "line" "label"];
    /// Not one certificate in the certificate file.
    BundleEmpty "bundle-empty" Refuse [];
    /// A certificate that can't be read in full. `reason`: `not-a-certificate`, `trailing-data`,
    /// `trusted-certificate` or `extensions`.
    CertificateUnreadable "certificate-unreadable" Refuse ["line" "reason"];
    /// A private key lies in the certificate file, which is not kept secret.
    KeyInBundle "key-in-bundle" Refuse ["line"];

    /// X.509 older than version 3.
    VersionOld "version-old" Refuse ["version"];
    /// An RSA key below the guide's least length.
    KeyWeak "key-weak" Refuse ["bits" "least"];
    /// An elliptic curve key, as strong as the guide's RSA key or stronger.
    KeyElliptic "key-elliptic" Warn ["curve"];
    /// A key that browsers and clients don't support; `algorithm` is an object identifier.
    KeyUnsupported "key-unsupported" Refuse ["algorithm"];
    /// Signed over a digest weaker than SHA-256.
    SignatureWeak "signature-weak" Refuse ["digest"];
    /// Signed over a digest stronger than the guide's SHA-256.
    SignatureStronger "signature-stronger" Warn ["digest"];
    /// Signed in a way that clients don't support; `algorithm` is an object identifier.
    SignatureUnsupported "signature-unsupported" Refuse ["algorithm"];
    /// The root's signature by itself is weak or unknown. Many trusted roots are so: nobody
    /// relies on that signature.
    RootSignatureWeak "root-signature-weak" Warn ["algorithm"];
    /// No longer valid.
    Expired "expired" Refuse ["not_after"];
    /// Not valid yet.
    NotYetValid "not-yet-valid" Refuse ["not_before"];
    /// Valid for less than 30 days more.
    ExpiresSoon "expires-soon" Warn ["not_after" "days"];

    /// The same certificate again; `first` is the position of the first one.
    CertificateDuplicate "certificate-duplicate" Warn ["first"];
    /// Not in the order server, intermediates, root; `order` lists the present positions as they should stand.
    OrderWrong "order-wrong" Refuse ["order"];
    /// A certificate that does not belong to the server certificate's chain.
    NotInChain "not-in-chain" Refuse ["subject"];
    /// The chain breaks off: the `issuer` of this certificate is not in the file.
    IssuerMissing "issuer-missing" Refuse ["issuer"];
    /// The chain is whole but for the root (by all that the file can tell).
    RootMissing "root-missing" Warn ["issuer"];
    /// Its signature is not that of the certificate at position `by`, whose name it gives as issuer.
    SignatureInvalid "signature-invalid" Refuse ["by"];
    /// Its signature by the certificate at position `by` is of a kind that is not verified here.
    SignatureUnchecked "signature-unchecked" Warn ["by" "algorithm"];
    /// The server certificate vouches for itself.
    SelfSigned "self-signed" Warn [];
    /// The server certificate is that of an authority.
    ServerIsCa "server-is-ca" Warn [];
    /// Must not be used for a web server; `lacks` is `server-auth` or `digital-signature`.
    UsageWrong "usage-wrong" Refuse ["lacks"];
    /// Must not issue the certificate below it. `reason`: `basic-constraints`, `key-usage`,
    /// `purpose` or `path-length`.
    NotCa "not-a-ca" Refuse ["reason"];
    /// An independent verifier rejects the chain. `reason`: `name-constraints`, `critical-extension`,
    /// `algorithms-differ`, `distrusted` or `malformed`.
    ChainRejected "chain-rejected" Refuse ["reason"];

    /// The `host` asked about is not a fully qualified name. `reason`: `syntax`, `address` or `not-fully-qualified`.
    HostInvalid "host-invalid" Refuse ["host" "reason"];
    /// None of the certificate's `names` covers the `host`.
    NameNotCovered "name-not-covered" Refuse ["host" "names"];
    /// The common name would cover the host, but clients look at alternative names only.
    CommonNameIgnored "common-name-ignored" Note ["common_name"];

    /// No private key in the key file.
    PrivateKeyMissing "private-key-missing" Refuse [];
    /// More than one private key in the key file.
    PrivateKeysSeveral "private-keys-several" Refuse ["count"];
    /// The private key is encrypted; `form` is `pkcs8` or `legacy`.
    PrivateKeyEncrypted "private-key-encrypted" Refuse ["line" "form"];
    /// The private key can't be read. `reason`: `format` or `content`.
    PrivateKeyUnreadable "private-key-unreadable" Refuse ["line" "reason"];
    /// The private key is not that of the server certificate.
    PrivateKeyMismatch "private-key-mismatch" Refuse [];
    /// Whether the private key belongs to the certificate can't be told here.
    PrivateKeyUnchecked "private-key-unchecked" Warn ["algorithm"];

    /// Issued by Let's Encrypt, which the guide allows.
    LetsEncrypt "lets-encrypt" Note [];
    /// Whether `authority` is publicly trusted is for a person to judge.
    TrustUnchecked "trust-unchecked" Note ["authority"];
    /// The guide also asks for TLS of at least version `least`: nginx decides that, no certificate does.
    TlsVersion "tls-version" Note ["least"];
}

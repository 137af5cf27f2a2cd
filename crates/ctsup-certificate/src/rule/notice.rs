//! Requirements of the guide that the files can't answer, said so that nobody takes them for checked.

use crate::chain::Chain;
use crate::read::certificate::Certificate;
use crate::read::distinguished_name;
use crate::{Code, Finding};

pub(crate) fn judge(certificates: &[Certificate<'_>], chain: &Chain) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let (Some(&first), Some(&last)) = (chain.members.first(), chain.members.last()) {
        let issuer = certificates[first].parsed.issuer();
        let organisations = distinguished_name::values(issuer, "O");
        if organisations.iter().any(|name| name == "Let's Encrypt") {
            findings.push(Finding::new(Code::LetsEncrypt).at(first));
        }
        // The issuer of a certificate that signed itself is itself; there nobody asks who trusts it.
        if !chain.is_self_signed() {
            let authority = certificates[last].issuer();
            findings.push(Finding::new(Code::TrustUnchecked).with("authority", authority).at(last));
        }
    }
    findings.push(Finding::new(Code::TlsVersion).with("least", "1.2"));
    findings
}

//! Whether the private key is the server certificate's.

use crate::chain::Chain;
use crate::read::certificate::Certificate;
use crate::read::private_key::PrivateKey;
use crate::{Code, Finding};

pub(crate) fn judge(
    certificates: &[Certificate<'_>],
    chain: &Chain,
    key: Option<&PrivateKey<'_>>,
) -> Option<Finding> {
    let (key, index) = (key?, chain.server()?);
    let finding = match key.belongs_to(&certificates[index].key) {
        Some(true) => return None,
        Some(false) => Finding::new(Code::PrivateKeyMismatch),
        None => Finding::new(Code::PrivateKeyUnchecked).with("algorithm", key.algorithm()),
    };
    Some(finding.at(index))
}

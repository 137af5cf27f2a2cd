//! What the guide asks of the file as a whole: server, intermediates, root, each issued by the next.

use crate::chain::{Chain, signs_itself};
use crate::read::certificate::Certificate;
use crate::signature::Verdict;
use crate::{Code, Finding};

pub(crate) fn judge(certificates: &[Certificate<'_>], chain: &Chain) -> Vec<Finding> {
    let mut findings = order(chain);
    findings.extend(links(certificates, chain));
    findings.extend(end(certificates, chain));
    findings
}

fn order(chain: &Chain) -> Vec<Finding> {
    let copy = |&(copy, first): &(usize, usize)| {
        Finding::new(Code::CertificateDuplicate).with("first", first + 1).at(copy)
    };
    let mut findings: Vec<Finding> = chain.duplicates.iter().map(copy).collect();
    if !chain.members.is_sorted() {
        let positions: Vec<_> =
            chain.members.iter().map(|member| (member + 1).to_string()).collect();
        findings.push(Finding::new(Code::OrderWrong).with("order", positions.join(" ")));
    }
    findings
}

fn links(certificates: &[Certificate<'_>], chain: &Chain) -> Vec<Finding> {
    let foreign = |&index: &usize| {
        let subject = certificates[index].subject();
        Finding::new(Code::NotInChain).with("subject", subject).at(index)
    };
    let mut findings: Vec<Finding> = chain.foreign.iter().map(foreign).collect();
    for (pair, verdict) in chain.members.windows(2).zip(&chain.links) {
        let finding = match verdict {
            Verdict::Valid => continue,
            Verdict::Invalid => Finding::new(Code::SignatureInvalid),
            Verdict::Unknown => {
                let algorithm = &certificates[pair[0]].parsed.signature_algorithm.algorithm;
                Finding::new(Code::SignatureUnchecked).with("algorithm", algorithm.to_id_string())
            }
        };
        findings.push(finding.with("by", pair[1] + 1).at(pair[0]));
    }
    findings
}

fn end(certificates: &[Certificate<'_>], chain: &Chain) -> Option<Finding> {
    let last = *chain.members.last()?;
    if chain.is_self_signed() {
        return Some(Finding::new(Code::SelfSigned).at(last));
    }
    if chain.rooted {
        return None;
    }
    // Above a lone server certificate there is always an intermediate with a public authority, and
    // a root that nothing leads to shows a gap. Otherwise only the root is left out, which TLS
    // allows: clients have it.
    let lone = chain.members.len() == 1;
    let gap = chain.foreign.iter().any(|&index| signs_itself(&certificates[index]));
    let code = if lone || gap { Code::IssuerMissing } else { Code::RootMissing };
    let issuer = certificates[last].issuer();
    Some(Finding::new(code).with("issuer", issuer).at(last))
}

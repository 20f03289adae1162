//! Whether a principal that a statement names is the one that asks.

use super::document::{Leaf, Principal, PrincipalKind, Who};
use super::matching::{Pattern, Text};
use super::references::{self, Sort, stands_for};
use super::request::{Caller, Oai, Request, SERVICE};
use super::truth::Truth;

const IDENTITY: &str = "CloudFront Origin Access Identity ";

/// Whether a statement applies to the caller.
pub(crate) fn applies(who: &Who, request: &Request) -> Truth {
    let named =
        |principals: &[Principal]| Truth::any(principals.iter().map(|principal| names(principal, &request.caller)));
    match who {
        Who::Only(principals) => named(principals),
        // Everyone who is not listed, services and anonymous callers included.
        Who::AllBut(principals) => named(principals).negate(),
        Who::Unknown => Truth::Unknown,
    }
}

/// Whether one listed principal is the caller.
///
/// `"*"` and `{"AWS": "*"}` are everyone, and "for resource-based policies" mean the same; a service principal that signs is
/// covered as much as an anonymous caller, which is why AWS's own examples of a `Deny` for `"*"` spare services by
/// `aws:PrincipalIsAWSService`. An account, as id or root ARN, stands for the principals of that account: neither CloudFront's
/// service principal nor an identity (whose account is `cloudfront`) is one. Wildcards in part of a name or an ARN are not allowed.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
fn names(principal: &Principal, caller: &Caller) -> Truth {
    match (principal.kind, &principal.identifier) {
        (PrincipalKind::Everyone, _) => Truth::Yes,
        (PrincipalKind::Aws, Leaf::Known(name)) if name == "*" => Truth::Yes,
        (PrincipalKind::Aws, Leaf::Known(name)) => match caller {
            Caller::Identity(oai) => names_identity(name, oai),
            // A service has no ARN, so that its name under `AWS` is not it.
            Caller::Service(_) | Caller::Anonymous => Truth::No,
            Caller::Uploader => Truth::Unknown,
        },
        (PrincipalKind::Aws, Leaf::Unknown { refers }) => names_unknown(refers, caller),
        (PrincipalKind::Service, identifier) => match (caller, identifier) {
            (Caller::Service(_), Leaf::Known(name)) => names_service(name),
            (Caller::Service(_), Leaf::Unknown { .. }) | (Caller::Uploader, _) => Truth::Unknown,
            (Caller::Identity(_) | Caller::Anonymous, _) => Truth::No,
        },
        (PrincipalKind::CanonicalUser, identifier) => match (caller, identifier) {
            (Caller::Identity(oai), Leaf::Known(id)) => match &oai.canonical_user_id {
                Some(own) => Truth::from(own.eq_ignore_ascii_case(id)),
                None if oai.is_new => Truth::No,
                None => Truth::Unknown,
            },
            (Caller::Identity(oai), Leaf::Unknown { refers }) => stands_for(refers, &oai.addresses),
            (Caller::Service(_) | Caller::Anonymous, _) => Truth::No,
            (Caller::Uploader, _) => Truth::Unknown,
        },
        (PrincipalKind::Federated, _) if *caller == Caller::Uploader => Truth::Unknown,
        (PrincipalKind::Federated, _) => Truth::No,
        (PrincipalKind::Other, _) => Truth::Unknown,
    }
}

fn names_service(name: &str) -> Truth {
    if name == SERVICE {
        Truth::Yes
    } else if name.eq_ignore_ascii_case(SERVICE)
        || name.eq_ignore_ascii_case("cloudfront.amazonaws.com.cn")
        || name.contains(['*', '?'])
    {
        // AWS documents neither another spelling nor a wildcard; it may refuse them, or take them for the service.
        Truth::Unknown
    } else {
        Truth::No
    }
}

fn names_identity(name: &str, oai: &Oai) -> Truth {
    let Some(id) = identity_in(name) else {
        // What S3 makes of the ARN of an identity that was deleted; whether of this one cannot be seen.
        return if name.starts_with("AIDA") { Truth::Unknown } else { Truth::No };
    };
    match &oai.id {
        Some(own) if own == id => Truth::Yes,
        Some(own) if Pattern::wild(id).matches(&Text::known(own)) == Truth::No => Truth::No,
        // An identity that the plan makes has no id yet that could be written out.
        None if oai.is_new && !id.contains(['*', '?']) => Truth::No,
        _ => Truth::Unknown,
    }
}

/// The id in `arn:PARTITION:iam::cloudfront:user/CloudFront Origin Access Identity ID`.
pub(crate) fn identity_in(arn: &str) -> Option<&str> {
    let mut parts = arn.splitn(6, ':');
    let head = [parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?];
    let ["arn", _, "iam", "", "cloudfront"] = head else { return None };
    parts.next()?.strip_prefix("user/")?.strip_prefix(IDENTITY)
}

/// What an unknown `AWS` principal says of the caller. It could be `*`, unless all it refers to are things whose names are ARNs.
fn names_unknown(refers: &[String], caller: &Caller) -> Truth {
    match (caller, references::sort_of(refers)) {
        (Caller::Uploader, Sort::Account) => Truth::Unknown,
        (_, Sort::Account) | (Caller::Service(_) | Caller::Anonymous, Sort::Identity) => Truth::No,
        (Caller::Identity(oai), _) => stands_for(refers, &oai.addresses),
        (Caller::Uploader, _) | (Caller::Service(_) | Caller::Anonymous, Sort::Other) => Truth::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_is_known_by_its_arn() {
        assert_eq!(identity_in("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"), Some("E1"));
        assert_eq!(identity_in("arn:aws-cn:iam::cloudfront:user/CloudFront Origin Access Identity E1"), Some("E1"));
        assert_eq!(identity_in("arn:aws:iam::111122223333:user/CloudFront Origin Access Identity E1"), None);
        assert_eq!(identity_in("arn:aws:iam::111122223333:root"), None);
        assert_eq!(identity_in("111122223333"), None);
    }
}

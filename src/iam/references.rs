//! What an unknown leaf is, by what the configuration's expression for it refers to.

use super::truth::Truth;

/// Resources that name an origin access identity.
const IDENTITIES: &[&str] = &[
    "aws_cloudfront_origin_access_identity",
    "aws_cloudfront_origin_access_identities",
    "awscc_cloudfront_cloudfront_origin_access_identity",
];
/// Resources that name an account or an IAM principal in one.
const ACCOUNTS: &[&str] = &["aws_iam_role", "aws_iam_user", "aws_caller_identity", "aws_iam_session_context"];
/// What an ARN is put together with, whatever it names: `arn:aws:cloudfront::${account}:distribution/${id}`.
const SURROUNDINGS: &[&str] = &["aws_caller_identity", "aws_partition", "aws_region"];

/// Whether an unknown leaf stands for one of these addresses: it refers to nothing else but what ARNs are put together with.
pub(crate) fn stands_for(refers: &[String], addresses: &[String]) -> Truth {
    let mut names = naming(refers).peekable();
    if names.peek().is_some() && names.all(|address| addresses.contains(address)) { Truth::Yes } else { Truth::Unknown }
}

/// The references that say which thing a leaf names.
pub(crate) fn naming(refers: &[String]) -> impl Iterator<Item = &String> {
    refers.iter().filter(|address| !is_of(address, SURROUNDINGS))
}

/// What sort of thing an unknown principal names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    /// An origin access identity.
    Identity,
    /// An account, or a user or a role in one.
    Account,
    /// That cannot be told.
    Other,
}

/// What sort of principal an unknown `AWS` identifier names.
pub(crate) fn sort_of(refers: &[String]) -> Sort {
    let all = |types: &[&str]| {
        refers.iter().all(|address| is_of(address, types) || is_of(address, SURROUNDINGS))
            && refers.iter().any(|address| is_of(address, types))
    };
    if all(IDENTITIES) {
        Sort::Identity
    } else if all(ACCOUNTS) {
        Sort::Account
    } else {
        Sort::Other
    }
}

fn is_of(address: &str, types: &[&str]) -> bool {
    resource_type(address).is_some_and(|name| types.contains(&name))
}

/// The resource type in a Terraform address, whose indexes may hold any text.
fn resource_type(address: &str) -> Option<&str> {
    let mut parts = split_address(address).into_iter();
    loop {
        match parts.next()? {
            "module" => {
                parts.next()?;
            }
            "data" => return parts.next(),
            name => return Some(name),
        }
    }
}

/// The parts of an address between its dots, except those inside an index.
fn split_address(address: &str) -> Vec<&str> {
    let (mut quoted, mut escaped, mut index) = (false, false, false);
    address
        .split(|c: char| {
            if escaped {
                escaped = false;
            } else if quoted && c == '\\' {
                escaped = true;
            } else if index && c == '"' {
                quoted = !quoted;
            } else if !quoted && (c == '[' || c == ']') {
                index = c == '[';
            } else {
                return c == '.' && !index;
            }
            false
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_found_behind_modules_and_hostile_indexes() {
        for (address, expected) in [
            ("aws_iam_role.x", Some("aws_iam_role")),
            ("data.aws_caller_identity.current", Some("aws_caller_identity")),
            ("module.a[\"x.aws_iam_role.y\"].module.b[0].aws_s3_bucket.c[\"d.e\"]", Some("aws_s3_bucket")),
            ("module.a[\"q\\\"].aws_iam_role.x\"].data.aws_s3_bucket.c", Some("aws_s3_bucket")),
            ("module.m", None),
            ("var.x", Some("var")),
            ("", Some("")),
        ] {
            assert_eq!(resource_type(address), expected, "{address}");
        }
    }

    #[test]
    fn only_a_leaf_that_names_nothing_else_stands_for_an_address() {
        let own = ["a.b".to_owned(), "data.a.b".to_owned()];
        let of = |refers: &[&str]| refers.iter().map(|&address| address.to_owned()).collect::<Vec<_>>();
        for (refers, expected) in [
            (&["a.b"][..], Truth::Yes),
            (&["a.b", "data.a.b"], Truth::Yes),
            (&["data.aws_caller_identity.me", "data.aws_partition.here", "a.b"], Truth::Yes),
            (&["a.b", "a.c"], Truth::Unknown),
            (&["a.b.id"], Truth::Unknown),
            (&["data.aws_caller_identity.me"], Truth::Unknown),
            (&["a.b", "var.x"], Truth::Unknown),
            (&[], Truth::Unknown),
        ] {
            assert_eq!(stands_for(&of(refers), &own), expected, "{refers:?}");
        }
        assert_eq!(stands_for(&own, &[]), Truth::Unknown);
        assert_eq!(
            sort_of(&of(&["data.aws_partition.here", "aws_cloudfront_origin_access_identity.a"])),
            Sort::Identity
        );
        assert_eq!(sort_of(&of(&["data.aws_partition.here", "data.aws_caller_identity.me"])), Sort::Account);
        assert_eq!(sort_of(&of(&["data.aws_partition.here"])), Sort::Other);
        assert_eq!(sort_of(&of(&[])), Sort::Other);
    }
}

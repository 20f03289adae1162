//! Whether an expression that a distribution takes part in comes to its ARN: as that itself, or put together by hand, where
//! a wrong part makes a text that no request ever carries.
//!
//! `arn:aws:cloudfront::ACCOUNT:distribution/ID` has no Region, and the account is that of the distribution.
//! Source: <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudfront.html>.

use super::view::View;
use crate::aws::endpoint::is_region;
use crate::links::estate::At;
use crate::links::resolve::Source;
use crate::plan::address::Key;

/// How an expression is written, as far as its references tell.
#[derive(Debug)]
pub(super) struct Writing<'w, 'v, 's, 'a> {
    view: &'w View<'v, 's, 'a>,
    /// Whose account it holds.
    callers: Vec<At>,
    /// Whether it holds what ARNs are put together with.
    by_hand: bool,
    has_region: bool,
}

impl<'w, 'v, 's, 'a> Writing<'w, 'v, 's, 'a> {
    /// Of an expression that leads to these.
    pub(super) fn of(view: &'w View<'v, 's, 'a>, sources: &[((Source, Option<At>), usize)]) -> Self {
        let mut writing = Self { view, callers: Vec::new(), by_hand: false, has_region: false };
        for ((source, at), _) in sources {
            match (source, at) {
                (Source::Instance { attribute, .. }, Some(at)) => match (view.estate.kind(*at).0, attribute.as_deref())
                {
                    ("aws_caller_identity", _) => {
                        writing.callers.push(*at);
                        writing.by_hand = true;
                    }
                    ("aws_partition", _) => writing.by_hand = true,
                    ("aws_region", _) | (_, Some("region" | "bucket_region")) => writing.has_region = true,
                    _ => {}
                },
                // A constant that is the index of something else here has done its work.
                (Source::Constant(text), _) if !is_index(view, text, sources) => {
                    writing.has_region |= is_region(text);
                    writing.by_hand |= is_account(text);
                }
                _ => {}
            }
        }
        writing.by_hand |= writing.has_region;
        writing
    }

    /// Whether it comes to the ARN of the distribution where it has this attribute of it, or the whole of it.
    pub(super) fn names(&self, distribution: At, attribute: Option<&str>) -> bool {
        let sound = || !self.has_region && self.callers.iter().all(|caller| self.in_one_account(*caller, distribution));
        match attribute {
            // An ARN within an ARN is none.
            Some("arn") => !self.by_hand,
            Some("id") => !self.callers.is_empty() && sound(),
            Some(_) => false,
            None => sound(),
        }
    }

    fn in_one_account(&self, caller: At, distribution: At) -> bool {
        let estate = self.view.estate;
        let provider = estate.provider(caller);
        estate.plans.get(caller.plan).is_some_and(|plan| plan.one_account)
            || provider.is_some() && provider == estate.provider(distribution)
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_index(view: &View<'_, '_, '_>, text: &str, sources: &[((Source, Option<At>), usize)]) -> bool {
    let is_text = |key: Option<&Key>| matches!(key, Some(Key::Text(key)) if key == text);
    sources.iter().filter_map(|((_, at), _)| *at).any(|at| {
        let address = &view.estate.instance(at).address;
        is_text(address.key.as_ref()) || address.module.iter().any(|step| is_text(step.key.as_ref()))
    })
}

//! Which of several resources that set the same thing has the last word: a separate resource or the bucket's or key's own
//! argument, one that is destroyed or one that stays.
//!
//! To destroy a bucket policy, an encryption or a key policy is to reset it, whoever wrote it last: Terraform tells AWS the
//! bucket or the key, not the text.

use super::estate::{At, Estate};
use crate::plan::World;

/// What has the last word on something that resources set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LastWord {
    /// No separate resource sets it.
    Nobody,
    /// This resource does.
    Of(At),
    /// The bucket or the key itself, by its own argument.
    Holder,
    /// The plan destroys this one, and what is set goes with it.
    Gone(At),
    /// That cannot be told; the end of a sentence.
    Unsettled(String),
}

/// Something that is set: by whom, in both worlds, and of what.
#[derive(Debug, Clone, Copy)]
pub struct Contest<'c> {
    /// The resources that set it before the plan.
    pub before: &'c [At],
    /// Those that set it afterwards.
    pub after: &'c [At],
    /// The bucket or key, where the plan has it, and its own argument for the same thing.
    pub holder: Option<(At, &'c str)>,
    /// The argument by which the resources name the bucket or key.
    pub target: &'c str,
    /// Whether a leftover of a replaced resource is to be destroyed as well.
    pub leftover: bool,
}

impl Estate<'_, '_> {
    /// Who has the last word in a world.
    #[must_use]
    pub fn last_word(&self, contest: &Contest<'_>, world: World) -> LastWord {
        let all = if world == World::Before { contest.before } else { contest.after };
        // What is forgotten stays as it is in AWS, until somebody else sets it.
        let kept: Vec<At> = all.iter().copied().filter(|at| !self.instance(*at).is_forgotten()).collect();
        let all = if kept.is_empty() { all } else { &kept };
        let one = match all {
            [] => return LastWord::Nobody,
            [one] => *one,
            several => {
                return LastWord::Unsettled(format!(
                    "{} all set it, and the last to be applied wins",
                    self.list_of(several)
                ));
            }
        };
        if world == World::Before {
            return LastWord::Of(one);
        }
        if self.holder_speaks_last(contest, one) {
            return LastWord::Holder;
        }
        let instance = self.instance(one);
        // A holder that is made anew starts from nothing; what goes is of the old one.
        let fresh = contest.holder.is_some_and(|(holder, _)| self.instance(holder).is_created());
        let gone = contest.before.iter().copied().find(|at| *at != one && self.instance(*at).is_destroyed());
        match gone.filter(|_| !fresh) {
            Some(gone) if !instance.is_changed() => return LastWord::Gone(gone),
            Some(gone) => {
                return LastWord::Unsettled(format!(
                    "the plan destroys {} and writes {} for the same thing, in an order that is not fixed, and what is \
                     destroyed last takes the other with it (a `moved` block would keep it)",
                    self.label(gone),
                    self.label(one)
                ));
            }
            None => {}
        }
        if self.is_reset_by_its_replacement(contest, one) {
            return LastWord::Gone(one);
        }
        if contest.leftover && !fresh {
            return LastWord::Unsettled(format!(
                "the plan destroys a leftover of {}, which resets what is set",
                self.label(one)
            ));
        }
        LastWord::Of(one)
    }

    /// Whether the holder's own argument is applied, and the separate resource is not, or no longer.
    fn holder_speaks_last(&self, contest: &Contest<'_>, one: At) -> bool {
        let Some((holder, argument)) = contest.holder else { return false };
        if self.expressions(holder).get(argument).is_none() {
            return false;
        }
        let (separate, holder) = (self.instance(one), self.instance(holder));
        if separate.is_forgotten() {
            return true;
        }
        let own = |world| holder.values(world).and_then(|values| values.get(argument));
        !separate.is_changed() && holder.is_changed() && !holder.is_created() && own(World::Before) != own(World::After)
    }

    /// Whether a resource is made anew before the old one is destroyed, for the same bucket or key.
    fn is_reset_by_its_replacement(&self, contest: &Contest<'_>, one: At) -> bool {
        let instance = self.instance(one);
        let target = |world| instance.texts(world, &[contest.target]).into_iter().flatten().next();
        let order: Vec<&str> = instance.actions.iter().map(String::as_str).collect();
        // Where the name is known after the apply, both are still linked to the holder, which stays the same one.
        let is_known = |world| target(world).is_some();
        let fresh = contest.holder.is_some_and(|(holder, _)| self.instance(holder).is_created());
        let same = if is_known(World::After) {
            target(World::Before) == target(World::After)
        } else {
            contest.before.contains(&one) && !fresh
        };
        order == ["create", "delete"] && is_known(World::Before) && same
    }

    /// Whether the plan destroys a leftover of a replaced resource of one of these types that is for `target`.
    #[must_use]
    pub fn has_leftover(&self, kinds: &[&str], target: &str) -> bool {
        kinds.iter().filter_map(|kind| self.leftovers.get(kind)).any(|leftovers| leftovers.may_be_for(target))
    }

    /// The labels of several instances, for a sentence.
    pub(super) fn list_of(&self, several: &[At]) -> String {
        let mut labels: Vec<String> = several.iter().map(|at| self.label(*at)).collect();
        let count = labels.len();
        labels.sort();
        labels.dedup();
        let of_several = if labels.len() < count { " of several plans" } else { "" };
        format!("{}{of_several}", labels.join(", "))
    }
}

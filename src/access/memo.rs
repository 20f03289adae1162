//! What is worked out once for all plans, when it is first asked for: otherwise each path would look through all of them.

use std::cell::OnceCell;

use super::parting;
use super::shared::Uses;
use crate::plan::World;

/// What is known by now.
#[derive(Debug, Default)]
pub struct Memo {
    /// The keys that may go out of use.
    pub(super) parting: OnceCell<parting::Keys>,
    uses: [OnceCell<Uses>; 2],
}

impl Memo {
    /// Who uses which identity.
    pub(super) fn uses(&self, world: World) -> &OnceCell<Uses> {
        let [before, after] = &self.uses;
        match world {
            World::Before => before,
            World::After => after,
        }
    }
}

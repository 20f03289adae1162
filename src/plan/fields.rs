//! The members of an object, by name: as a list in order, because plans hold a great many objects and change none.

use super::value::Node;

/// Members by name, in the order of their names.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fields(Box<[(Box<str>, Node)]>);

impl Fields {
    /// The member of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Node> {
        let at = self.position(name)?;
        self.0.get(at).map(|(_, value)| value)
    }

    /// The member of that name, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Node> {
        let at = self.position(name)?;
        self.0.get_mut(at).map(|(_, value)| value)
    }

    /// The members without their names.
    pub fn values(&self) -> impl Iterator<Item = &Node> {
        self.0.iter().map(|(_, value)| value)
    }

    /// The members without their names, to be changed.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Node> {
        self.0.iter_mut().map(|(_, value)| value)
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.0.binary_search_by(|(other, _)| (**other).cmp(name)).ok()
    }
}

impl FromIterator<(Box<str>, Node)> for Fields {
    /// Of members with the same name, the last one counts.
    fn from_iter<I: IntoIterator<Item = (Box<str>, Node)>>(members: I) -> Self {
        let mut members: Vec<(Box<str>, Node)> = members.into_iter().collect();
        members.sort_by(|(one, _), (other, _)| one.cmp(other));
        members.dedup_by(|later, earlier| {
            let same = later.0 == earlier.0;
            if same {
                std::mem::swap(later, earlier);
            }
            same
        });
        Self(members.into_boxed_slice())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fields(members: &[(&str, i32)]) -> Fields {
        members.iter().map(|(name, value)| ((*name).into(), Node::known(&json!(value)))).collect()
    }

    #[test]
    fn members_are_found_by_name_whatever_their_order() {
        let fields = fields(&[("b", 1), ("c", 2), ("a", 3)]);
        for (name, value) in [("a", Some(3)), ("b", Some(1)), ("c", Some(2)), ("", None), ("d", None)] {
            assert_eq!(fields.get(name), value.map(|value| Node::known(&json!(value))).as_ref(), "{name}");
        }
    }

    #[test]
    fn the_last_of_several_members_of_one_name_counts() {
        assert_eq!(fields(&[("a", 1), ("b", 2), ("a", 3), ("a", 4)]), fields(&[("a", 4), ("b", 2)]));
    }
}

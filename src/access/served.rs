//! Which objects of a bucket an origin is asked for: those under its path that a behaviour leads to.

use super::facts::Fact;
use super::grants::Subject;
use crate::aws::distribution::{Routes, routes};
use crate::aws::path_pattern::{encoded, is_plain};
use crate::links::estate::At;
use crate::plan::value::Text;

impl Subject<'_, '_, '_, '_> {
    /// Whether the origin is asked for an object: its key lies under the origin path, and a behaviour leads there.
    pub fn serves(&self, object: At, routes: &Routes) -> Fact<bool> {
        let label = || self.view.estate.label(object);
        let path = match self.origin_path() {
            Ok(path) => path,
            Err(why) => return Fact::Unknown(why),
        };
        let Some(key) = self.view.values(object).and_then(|values| values.text("key").non_empty()) else {
            return Fact::Unknown(format!("the key of {} is known after apply", label()));
        };
        let Some(under) = key.strip_prefix(path.as_str()) else { return Fact::Known(false) };
        is_asked(under.trim_start_matches('/'), |path| routes.serve(path)).map_or_else(
            || Fact::Unknown(format!("whether a behaviour leads to {} cannot be told", label())),
            Fact::Known,
        )
    }

    /// Whether the origin is asked for what lies under a prefix of the bucket; unknown where that is so of a part.
    pub fn serves_under(&self, prefix: &str) -> Fact<bool> {
        let path = match self.origin_path() {
            Ok(path) => path,
            Err(why) => return Fact::Unknown(why),
        };
        if path.starts_with(prefix) {
            return Fact::Known(true);
        }
        let Some(under) = prefix.strip_prefix(path.as_str()) else { return Fact::Known(false) };
        let routes = self.routes();
        let open = || "which of the objects under that prefix the origin is asked for cannot be told".to_owned();
        is_asked(under, |start| routes.serve_all_under(start)).map_or_else(|| Fact::Unknown(open()), Fact::Known)
    }

    /// What the keys of all objects begin with that the origin is asked for: nothing, or a path with a slash at its end.
    fn origin_path(&self) -> Result<String, String> {
        match self.origin.values.text("origin_path") {
            Text::Unknown => Err("`origin_path` is known after apply".to_owned()),
            path => match path.non_empty().unwrap_or_default().trim_matches('/') {
                "" => Ok(String::new()),
                path => Ok(format!("{path}/")),
            },
        }
    }

    /// The behaviours of the distribution, as seen from the origin.
    pub fn routes(&self) -> Routes {
        let expressions = self.view.estate.expressions(self.origin.distribution);
        routes(self.distribution, expressions, self.ids, &self.origin.name)
    }
}

/// What behaviours say to a key, or to the start of keys. Viewers ask for it percent-encoded, as far as they have to; where
/// patterns answer otherwise to that, it cannot be told.
fn is_asked(key: &str, ask: impl Fn(&str) -> Option<bool>) -> Option<bool> {
    let path = format!("/{key}");
    let answer = ask(&path)?;
    (is_plain(&path) || ask(&encoded(&path)) == Some(answer)).then_some(answer)
}

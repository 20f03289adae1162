//! Which rules are tests, by their names.

use std::collections::BTreeMap;

use regex::Regex;
use regorus::unstable::Module;

use super::super::ast::{self, Head, HeadKind};
use super::super::error::PolicyError;

/// How the names of tests begin, and of those that are yet to be done.
const TEST: &str = "test_";
const TO_DO: &str = "todo_test_";

/// A rule that is a test.
pub(super) struct Test {
    pub(super) head: Head,
    /// Its path for the interpreter.
    pub(super) path: String,
}

/// Whether a test of this name is yet to be done.
pub(super) fn is_to_do(name: &str) -> bool {
    name.starts_with(TO_DO)
}

/// The tests in `modules`, in the order of the files; those only that `only` matches as `package.name`.
///
/// # Errors
/// No test to run, one that is a function, or two of one name.
pub(super) fn tests(modules: &[&Module], only: Option<&Regex>) -> Result<Vec<Test>, PolicyError> {
    let mut all: Vec<Test> = Vec::new();
    let mut seen: BTreeMap<String, (String, u32)> = BTreeMap::new();
    for (module, rule) in modules.iter().flat_map(|module| module.policy.iter().map(move |rule| (module, rule))) {
        let head = ast::head(rule, &ast::package(module));
        if !head.name.starts_with(TEST) && !is_to_do(&head.name) {
            continue;
        }
        let refuse = |message: String| Err(PolicyError::Rule { file: head.file.clone(), line: head.line, message });
        if head.kind == HeadKind::Function {
            return refuse(format!(
                "`{}` is a function, which no test is; take its parameters away, or give it another name",
                head.name
            ));
        }
        if let Some((file, line)) = seen.insert(ast::asked(module, rule), (head.file.clone(), head.line)) {
            return refuse(format!(
                "`{}` is already at {file}:{line}, and Rego takes both for one; give it a name of its own",
                head.name
            ));
        }
        all.push(Test { path: ast::asked(module, rule), head });
    }
    let nothing = |message: String| Err(PolicyError::NothingToAsk { message });
    let Some(first) = all.first().map(named) else {
        return nothing(format!("there is no test: no file has a rule whose name begins with `{TEST}`"));
    };
    let count = all.len();
    all.retain(|test| only.is_none_or(|only| only.is_match(&named(test))));
    match only {
        Some(only) if all.is_empty() => nothing(format!(
            "no test matches `{only}`; there are {count}, whose names are matched with their packages: `{first}`"
        )),
        _ if all.iter().all(|test| is_to_do(&test.head.name)) => {
            nothing(format!("there is nothing but tests to be done, which begin with `{TO_DO}` and are not run"))
        }
        _ => Ok(all),
    }
}

/// The name with which a test is chosen.
fn named(Test { head, .. }: &Test) -> String {
    format!("{}.{}", head.package, head.name)
}

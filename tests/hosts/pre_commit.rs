//! pre-commit runs the entry with its arguments and the names of the files, without a shell.

use std::fs;

use super::sandbox::{CASES, Sandbox, plan};
use super::yaml::{parse, read, text, texts};

#[test]
fn the_hook_says_whether_the_plans_may_be_committed() {
    let hooks = parse(&read(".pre-commit-hooks.yaml"));
    let entry = text(&hooks, "/0/entry").to_owned();
    let arguments = texts(&hooks, "/0/args");
    for (case, status) in CASES {
        let sandbox = Sandbox::new();
        // A name that looks like a flag is a name.
        for (name, case) in [("tfplan.json", "article-1-oai"), ("-q.tfplan.json", case)] {
            fs::copy(plan(case), sandbox.at("work").join(name)).unwrap();
        }
        let mut command: Vec<&str> = entry.split(' ').collect();
        command.extend(arguments.iter().map(String::as_str));
        command.extend(["tfplan.json", "-q.tfplan.json"]);
        let outcome = sandbox.run(&command);
        assert_eq!(outcome.status, status, "{case}: {outcome:?}");
    }
}

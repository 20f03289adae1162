use super::*;

fn suite(files: &[(&str, &str)]) -> Suite {
    Suite {
        files: files.iter().map(|(path, source)| ((*path).to_owned(), (*source).to_owned())).collect(),
        data: Map::new(),
        v0: false,
        only: None,
        coverage: true,
        time: Duration::from_secs(20),
        now: 1_700_000_000_000_000_000,
    }
}

fn run(suite: &Suite) -> Result<Outcome, PolicyError> {
    engine::on_deep_stack(|| suite.run(&mut |_| {}))
}

fn refused(files: &[(&str, &str)]) -> String {
    run(&suite(files)).unwrap_err().to_string()
}

#[test]
fn a_test_passes_fails_or_has_no_result() {
    let source = r#"package main_test
test_true if { print("a", 1); true }
test_false := false
test_undefined if 1 == 2
test_value := {"a": 1}
test_set contains "x"
todo_test_later if 1 == 2
test_conflict := 1 if true
else := 2
test_error := x if { some x in [1, 2]; true }
test_after if true
"#;
    let outcome = run(&suite(&[("a_test.rego", source)])).unwrap();
    let brief: Vec<String> = outcome
        .tests
        .iter()
        .map(|test| {
            let ended = match &test.ended {
                Ended::Error(why) => format!("error: {}", why.lines().last().unwrap_or_default()),
                other => other.why().map_or_else(|| format!("{other:?}"), str::to_owned),
            };
            format!("{}:{} {ended}", test.name, test.line)
        })
        .collect();
    assert_eq!(
        brief,
        [
            "test_true:2 Passed",
            "test_false:3 it is false",
            "test_undefined:4 it is undefined: an expression in it is not true",
            "test_value:5 it is {\"a\":1}, not true",
            "test_set:6 it is [\"x\"], not true",
            "todo_test_later:7 Skipped",
            "test_conflict:8 it is 1, not true",
            "test_error:10 error: error: rules must not produce multiple outputs",
            "test_after:11 Passed",
        ]
    );
    assert_eq!(outcome.tests[0].prints, ["a_test.rego:2: a 1"]);
}

#[test]
fn what_hides_tests_is_refused() {
    for (files, expected) in [
        (
            &[("a.rego", "package a\ntest_x if true\n\ntest_x if false")][..],
            "a.rego:4: `test_x` is already at a.rego:2",
        ),
        (&[("a.rego", "package a\ntest_x if true"), ("b.rego", "package a\ntest_x if true")], "already at a.rego:2"),
        (&[("a.rego", "package a\ntest_x(y) if y")], "a.rego:2: `test_x` is a function"),
        (&[("a.rego", "package a\nx := 1")], "there is no test"),
        (&[("a.rego", "package a\ntodo_test_x if true")], "nothing but tests to be done"),
        (&[("a.rego", "package a\ntest_x if f(1)")], "there is no function `f`"),
        (&[("a.rego", "package a\nf(x) := g(x)\ng(x) := f(x)\ntest_x if f(1)")], "calls itself"),
        (&[("a.rego", "package a\ntest_x if")], "a.rego is not valid Rego"),
    ] {
        let error = refused(files);
        assert!(error.contains(expected), "{expected} not in {error}");
    }
}

#[test]
fn tests_are_chosen_by_package_and_name() {
    let files = [("a.rego", "package a\ntest_x if true\ntest_y if true"), ("b.rego", "package b\ntest_x if true")];
    for (only, expected) in [("^a\\.", 2), ("test_x$", 2), (".", 3)] {
        let outcome = run(&Suite { only: Some(only.to_owned()), ..suite(&files) }).unwrap();
        assert_eq!(outcome.tests.len(), expected, "{only}");
    }
    let error = run(&Suite { only: Some("z".to_owned()), ..suite(&files) }).unwrap_err().to_string();
    assert_eq!(error, "no test matches `z`; there are 3, whose names are matched with their packages: `a.test_x`");
}

#[test]
fn data_is_there_and_takes_no_place_of_a_rule() {
    let files = [("a.rego", "package a\ntest_x if data.names == [\"x\"]")];
    for (data, passes) in
        [(serde_json::json!({"names": ["x"]}), true), (serde_json::json!({"a": {"test_x": 1}}), false)]
    {
        let outcome = run(&Suite { data: data.as_object().unwrap().clone(), ..suite(&files) });
        match outcome {
            Ok(outcome) => assert!(passes && outcome.tests[0].ended == Ended::Passed),
            Err(error) => assert!(!passes && error.to_string().contains("`data.a.test_x`"), "{error}"),
        }
    }
}

#[test]
fn a_test_that_stops_leaves_nothing_behind() {
    let source = r#"package a
two := x if some x in [1, 2]
stopped if two == 1 with input as {"left": true}
test_a_stops if stopped
test_b_clean if not input.left
test_c_stops if { two with data.left as true }
test_d_clean if not data.left
"#;
    let outcome = run(&suite(&[("a.rego", source)])).unwrap();
    let ended: Vec<bool> = outcome.tests.iter().map(|test| test.ended == Ended::Passed).collect();
    assert_eq!(ended, [false, true, false, true], "{:?}", outcome.tests);
}

#[test]
fn an_endless_test_leaves_time_for_the_others() {
    let source = "package a\ntest_endless if { some x in numbers.range(1, 5000); some y in numbers.range(1, 5000); \
                  some z in numbers.range(1, 5000); x + y + z == 0 }\ntest_short if true";
    let suite = Suite { time: Duration::from_millis(600), coverage: false, ..suite(&[("a.rego", source)]) };
    let outcome = run(&suite).unwrap();
    let why = outcome.tests[0].ended.why().unwrap();
    assert!(why.contains("did not finish within its share of the 0.6 seconds"), "{why}");
    assert_eq!(outcome.tests[1].ended, Ended::Passed);
    assert!(outcome.coverage.is_empty());
}

#[test]
fn files_that_no_test_touches_are_not_covered() {
    let files = [
        ("a.rego", "package a\ndefault x := 1\nx := 2 if input.b\ny := 3 if {\n\tinput.c\n\tinput.d\n}"),
        ("a_test.rego", "package a_test\ntest_x if data.a.x == 2 with input.b as true\n\ntest_y if not data.a.y"),
        ("z.rego", "package z\nz := [1 |\n\tinput.z\n]"),
    ];
    let outcome = run(&suite(&files)).unwrap();
    assert!(outcome.tests.iter().all(|test| test.ended == Ended::Passed));
    let missed: Vec<(&str, Vec<u32>)> =
        outcome.coverage.iter().map(|file| (file.file.as_str(), file.not_covered.iter().copied().collect())).collect();
    assert_eq!(missed, [("a.rego", vec![4, 6]), ("a_test.rego", vec![]), ("z.rego", vec![3])]);
}

/// One rule of the file is enough for the interpreter to tell of all of them.
#[test]
fn lines_are_those_of_the_interpreter() {
    let source = r#"package t
default d := {
	"a": 1,
}
touched if true
f(x) := [
	x,
	-x,
	x.y,
	x[
		0
	],
] if {
	x in [
		1,
	]
	some y
	some k, v in {
		"k": 2,
	}
	every z in [
		1,
	] {
		z == 1
		g(
			z,
		)
	}
	not x == 3
	y := {
		v |
		v := k
		v > 2
	}
	true with input as {
		"w": 1,
	}
} else := {
	"e",
} if {
	x == 4
}
g(x) if x
s contains {
	"m": `raw`,
} if {
	input["a"]
	null
}
"#;
    let engine = engine::prepare([("t.rego", source)], &Settings::BUNDLED).unwrap();
    let mut run = Run::without_input(&engine, Limits { rule: TIME, total: TIME, given: TIME }, true);
    run.rule("data.t.touched".to_owned(), "t").unwrap();
    let [FileCoverage { covered, not_covered, .. }] = &run.coverage()[..] else { panic!("one file is touched") };
    assert!(not_covered.len() > 20);
    let modules = engine.clone().get_modules().clone();
    assert_eq!(covered | not_covered, coverage::lines(&modules[0]));
}

#[test]
fn names_may_hold_anything() {
    let source =
        "package a[\"b-c\"].in[\"x\\ny.z\"]\ntest_x if true\ntest_y[\"case 1\"] if true\ntest_y[\"case 2\"].z if true";
    let outcome = run(&suite(&[("a.rego", source)])).unwrap();
    let names: Vec<&str> = outcome.tests.iter().map(|test| test.name.as_str()).collect();
    assert_eq!(names, ["test_x", "test_y.case 1", "test_y.case 2.z"]);
    assert_eq!(outcome.tests[0].package, "a.b-c.in.x\ny.z");
    assert!(outcome.tests.iter().all(|test| test.ended == Ended::Passed), "{outcome:?}");
}

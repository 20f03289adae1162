package oacguard.partial_plan_test

import data.oacguard.lib.fixture_test as fixture
import data.oacguard.partial_plan as policy

_findings(plans) := findings if {
	findings := policy.finding with input as {"plans": plans, "paths": []}
}

_messages(plans) := {[finding.plan, finding.message] | some finding in _findings(plans)}

test_fires_when_terraform_says_so if {
	_findings([fixture.plan({"complete": false})]) == {{
		"path": null,
		"plan": 0,
		"world": "after",
		"when": null,
		"subject": null,
		"message": concat(" ", [
			"The plan covers only part of the configuration:",
			"Terraform says that it is not complete.",
		]),
		"why": "What a plan leaves out cannot be judged by it; a site may break in what is missing.",
		"fix": concat(" ", [
			"Check a plan of the whole configuration as well: without `-target` or `-exclude`, and once",
			"more when what Terraform put off can be planned.",
		]),
		"evidence": [],
	}}
}

test_fires_for_what_was_put_off if {
	deferred := ["aws_s3_bucket.a", "aws_s3_bucket.b"]
	_messages([fixture.plan({"deferred": deferred})]) == {[0, concat("", [
		"The plan covers only part of the configuration: ",
		"Terraform put off `aws_s3_bucket.a`, `aws_s3_bucket.b`.",
	])]}
}

test_fires_for_the_plan_that_is_partial if {
	partial := fixture.plan({"complete": false, "deferred": ["aws_kms_key.a"]})
	_messages([fixture.plan({}), partial]) == {[1, concat("", [
		"The plan covers only part of the configuration: ",
		"Terraform says that it is not complete; Terraform put off `aws_kms_key.a`.",
	])]}
}

test_silent_for_a_complete_plan if {
	_messages([fixture.plan({})]) == set()
}

test_silent_when_nothing_is_missing_and_nothing_is_said if {
	_messages([fixture.plan({"complete": null})]) == set()
}

test_unresolved_completeness_is_judged_by_what_the_plan_lacks if {
	names := [name | some n in numbers.range(1, 7); name := sprintf("aws_s3_bucket.b%d", [n])]
	_messages([fixture.plan({"complete": null, "unplanned": names})]) == {[0, concat("", [
		"The plan covers only part of the configuration: it does not hold `aws_s3_bucket.b1`, ",
		"`aws_s3_bucket.b2`, `aws_s3_bucket.b3`, `aws_s3_bucket.b4`, `aws_s3_bucket.b5` and 2 more.",
	])]}
}

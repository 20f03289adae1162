package oacguard.unscoped_cloudfront_grant_test

import data.oacguard.lib.fixture_test as fixture
import data.oacguard.unscoped_cloudfront_grant as policy

_place := "aws_s3_bucket_policy.site, statement `Open`"

_grant(changes) := fixture.replace(
	{
		"guards": "bucket",
		"policy": "aws_s3_bucket_policy.site",
		"statement": 0,
		"sid": "Open",
		"scope": "anyone",
		"actions": [],
	},
	changes,
)

_wide(changes) := fixture.replace(fixture.oac_kms, {"wide_grants": [_grant(changes)]})

_only(changes) := finding if {
	findings := policy.finding with input as fixture.facts([fixture.path(null, _wide(changes))])
	some finding in findings
}

test_fires_for_a_grant_to_anyone if {
	finding := _only({})
	finding == {
		"path": 0,
		"plan": null,
		"world": "after",
		"when": null,
		"severity": "warning",
		"subject": _place,
		"message": concat(" ", [
			"Statement `Open` of the policy in `aws_s3_bucket_policy.site` lets every distribution of",
			"every AWS account into bucket `aws_s3_bucket.site`.",
		]),
		"why": concat(" ", [
			"CloudFront signs as the same service principal for everybody. Without a condition that",
			"names the distribution, a stranger's distribution with this bucket as its origin is let in",
			"as well.",
		]),
		"fix": concat("\n", [
			"Grant this in `aws_s3_bucket_policy.site` instead:",
			"  {",
			"    Sid       = \"AllowCloudFrontRead\"",
			"    Effect    = \"Allow\"",
			"    Principal = { Service = \"cloudfront.amazonaws.com\" }",
			"    Action    = \"s3:GetObject\"",
			"    Resource  = \"arn:aws:s3:::site-assets/*\"",
			concat("", [
				"    Condition = { StringEquals = ",
				"{ \"AWS:SourceArn\" = aws_cloudfront_distribution.site.arn } }",
			]),
			"  }",
		]),
		"evidence": [fixture.evidence("grants")],
	}
}

test_fires_for_another_account if {
	finding := _only({"scope": "other-account"})
	finding.severity == "warning"
	contains(finding.message, "lets every distribution of another AWS account into bucket")
}

test_fires_as_a_note_for_the_own_account if {
	finding := _only({"scope": "account", "guards": "key", "policy": "aws_kms_key.site", "sid": null})
	finding.severity == "note"
	finding.subject == "aws_kms_key.site, statement 1"
	finding.message == concat(" ", [
		"Statement 1 of the policy in `aws_kms_key.site` lets every distribution of the account",
		"use the key `aws_kms_key.site`.",
	])
	contains(finding.fix, "\"kms:Decrypt\"")
}

test_fires_for_actions_that_go_too_far if {
	finding := _only({"scope": "narrow", "actions": ["s3:*", "s3:Delete*"]})
	finding.severity == "warning"
	endswith(finding.message, concat(" ", [
		"lets CloudFront do `s3:*`, `s3:Delete*`",
		"on bucket `aws_s3_bucket.site`.",
	]))
	key := _only({"scope": "account", "guards": "key", "actions": ["NotAction"]})
	key.severity == "warning"
	endswith(key.message, concat(" ", [
		"lets every distribution of the account do everything but a few actions (`NotAction`)",
		"on the key `aws_kms_key.site`.",
	]))
}

test_fires_without_the_address_of_the_policy if {
	finding := _only({"policy": null})
	finding.subject == "statement `Open`"
	startswith(finding.message, "Statement `Open` lets every")
	startswith(finding.fix, "Grant this instead:")
}

test_fires_in_both_worlds_when_nothing_changes if {
	path := fixture.path(_wide({}), _wide({}))
	found := fixture.brief(policy.finding) with input as fixture.facts([path])
	found == {[0, "before", null, _place], [0, "after", null, _place]}
}

test_silent_without_a_wide_grant if {
	path := fixture.path(null, fixture.oac_kms)
	found := fixture.brief(policy.finding) with input as fixture.facts([path])
	found == set()
}

test_unresolved_grant_is_no_finding if {
	after := fixture.replace(fixture.oac_kms, {"bucket_grant": {"unknown": "it is known after apply"}})
	found := fixture.brief(policy.finding) with input as fixture.facts([fixture.path(null, after)])
	found == set()
}

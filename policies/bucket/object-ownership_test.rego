package oacguard.object_ownership_test

import data.oacguard.lib.fixture_test as fixture
import data.oacguard.object_ownership as policy

_site := "aws_s3_bucket.site"

_found(path) := found if {
	found := fixture.brief(policy.finding) with input as fixture.facts([path])
}

_only(path) := finding if {
	findings := policy.finding with input as fixture.facts([path])
	some finding in findings
	finding.world == "after"
}

_rule(rule) := {"ownership": {
	"address": "aws_s3_bucket_ownership_controls.site",
	"rule": rule,
}}

_by_acls := fixture.replace(fixture.oai_s3, {
	"bucket_grant": {"unknown": "object ACLs may"},
	"rides_on_acls": true,
})

_enforced := fixture.replace(
	fixture.replace(fixture.oai_s3, _rule({"known": "BucketOwnerEnforced"})),
	{"bucket_grant": fixture.grant("not-granted", "present", "aws_s3_bucket_policy.site")},
)

_writer := fixture.replace(fixture.oac_s3, _rule({"known": "ObjectWriter"}))

test_fires_when_acls_are_switched_off_under_an_oai if {
	_only(fixture.path(_by_acls, _enforced)) == {
		"path": 0,
		"plan": null,
		"world": "after",
		"severity": "error",
		"when": "apply",
		"subject": _site,
		"message": concat(" ", [
			"CloudFront reads origin `s3` of `aws_cloudfront_distribution.site`, bucket",
			"`aws_s3_bucket.site`, as the OAI `aws_cloudfront_origin_access_identity.site`, and only",
			"object ACLs can have let it: statement 1 says so. This plan switches ACLs off in",
			"`aws_s3_bucket_ownership_controls.site`.",
		]),
		"why": concat(" ", [
			"Under `BucketOwnerEnforced` S3 ignores every object ACL. What they let CloudFront read gets",
			"403 AccessDenied with this apply.",
		]),
		"fix": concat("\n", [
			concat(" ", [
				"Apply this statement first, in the policy of bucket `aws_s3_bucket.site`, and switch ACLs",
				"off afterwards:",
			]),
			"  {",
			"    Sid       = \"AllowCloudFrontRead\"",
			"    Effect    = \"Allow\"",
			"    Principal = { AWS = aws_cloudfront_origin_access_identity.site.iam_arn }",
			"    Action    = \"s3:GetObject\"",
			"    Resource  = \"arn:aws:s3:::site-assets/*\"",
			"  }",
		]),
		"evidence": [fixture.evidence(note) | some note in ["access", "bucket", "grants"]],
	}
}

test_fires_as_a_warning_for_object_writers_behind_an_oac if {
	path := fixture.path(null, _writer)
	_found(path) == {[0, "after", null, _site]}
	_only(path).message == concat(" ", [
		"CloudFront reads origin `s3` of `aws_cloudfront_distribution.site`, bucket",
		"`aws_s3_bucket.site`, with an OAC, but `aws_s3_bucket_ownership_controls.site` leaves objects",
		"to whoever writes them (`ObjectWriter`).",
	])
}

test_silent_where_the_policy_grants_or_ownership_fits if {
	grant := fixture.granted("aws_s3_bucket_policy.site")
	granted := fixture.replace(_enforced, {"bucket_grant": grant})
	_found(fixture.path(_by_acls, granted)) == set()
	_found(fixture.changed(_by_acls, _enforced, {"bucket": true})) == set()
	_found(fixture.path(fixture.oai_s3, _enforced)) == set()
	preferred := fixture.replace(fixture.oac_s3, _rule({"known": "BucketOwnerPreferred"}))
	_found(fixture.path(null, preferred)) == set()
	_found(fixture.path(null, fixture.replace(_writer, {"oai": fixture.oai}))) == set()
}

test_unresolved_ownership_is_no_finding if {
	later := {"unknown": "it is later"}
	_found(fixture.path(null, fixture.replace(fixture.oac_s3, _rule(later)))) == set()
	_found(fixture.path(_by_acls, fixture.replace(_enforced, _rule(later)))) == set()
}

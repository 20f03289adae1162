package oacguard.oac_write_grant_test

import data.oacguard.lib.fixture_test as fixture
import data.oacguard.oac_write_grant as policy

_site := "aws_s3_bucket.site"

_found(path) := found if {
	found := fixture.brief(policy.finding) with input as fixture.facts([path])
}

_only(path) := finding if {
	findings := policy.finding with input as fixture.facts([path])
	some finding in findings
	finding.world == "after"
}

_writes(bucket, key) := fixture.replace(fixture.oac_kms, {"writes": {
	"bucket_grant": bucket,
	"key_grant": key,
}})

_granted := fixture.granted("aws_s3_bucket_policy.site")

_refused := fixture.grant("not-granted", "present", "aws_kms_key.site")

test_fires_where_viewers_may_write_and_the_key_says_no if {
	path := fixture.path(null, _writes(_granted, _refused))
	_found(path) == {[0, "after", null, "aws_kms_key.site"]}
	_only(path).message == concat(" ", [
		"Viewers may write through origin `s3` of `aws_cloudfront_distribution.site`, and the policy of",
		"bucket `aws_s3_bucket.site` lets CloudFront put objects, but that of the key",
		"`aws_kms_key.site` does not let it encrypt them: statement 1 says so.",
	])
}

test_silent_where_nobody_writes_or_all_is_granted if {
	_found(fixture.path(null, fixture.oac_kms)) == set()
	_found(fixture.path(null, _writes(_granted, _granted))) == set()
	_found(fixture.path(null, _writes(_refused, _refused))) == set()
}

test_unresolved_is_no_finding if {
	_found(fixture.path(null, _writes(_granted, {"unknown": "later"}))) == set()
}

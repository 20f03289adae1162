package oacguard.origin_bucket_destroyed_test

import data.oacguard.lib.fixture_test as fixture
import data.oacguard.origin_bucket_destroyed as policy

_found(path) := found if {
	found := fixture.brief(policy.finding) with input as fixture.facts([path])
}

_gone := fixture.replace(fixture.oac_s3, {
	"destroyed_bucket": "aws_s3_bucket.site",
	"bucket": {"unknown": "this plan destroys it"},
})

test_fires_when_the_bucket_goes if {
	path := fixture.path(fixture.oac_s3, _gone)
	_found(path) == {[0, "after", "apply", "aws_s3_bucket.site"]}
	findings := policy.finding with input as fixture.facts([path])
	some finding in findings
	startswith(finding.message, "This plan destroys bucket `aws_s3_bucket.site`, and origin `s3`")
	contains(finding.fix, "3. Once that is deployed, destroy the bucket.")
}

test_silent_while_the_bucket_is_there if {
	_found(fixture.path(fixture.oac_s3, fixture.oac_s3)) == set()
}

test_silent_when_the_distribution_goes_too if {
	_found(fixture.path(fixture.oac_s3, null)) == set()
}

test_unresolved_bucket_is_no_finding if {
	after := fixture.replace(fixture.oac_s3, {"bucket": {"unknown": "a local"}})
	_found(fixture.path(fixture.oac_s3, after)) == set()
}

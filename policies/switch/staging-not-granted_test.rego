package oacguard.staging_not_granted_test

import data.oacguard.lib.fixture_test as fixture
import data.oacguard.staging_not_granted as policy

_site := "aws_s3_bucket.site"

_found(path) := found if {
	found := fixture.brief(policy.finding) with input as fixture.facts([path])
}

_only(path) := finding if {
	findings := policy.finding with input as fixture.facts([path])
	some finding in findings
	finding.world == "after"
}

_no := {"known": fixture.replace(
	fixture.grant("not-granted", "present", "aws_s3_bucket_policy.site").known,
	{"other_source": true},
)}

_staging := fixture.replace(fixture.oac_kms, {"staging": {"known": true}})

_refused := fixture.replace(_staging, {"bucket_grant": _no})

test_fires_where_policies_name_the_primary_distribution if {
	path := fixture.path(null, fixture.replace(_refused, {"key_grant": _no}))
	_found(path) == {[0, "after", "apply", _site]}
	_only(path).message == concat(" ", [
		"The staging distribution `aws_cloudfront_distribution.site` reads origin `s3`, bucket",
		"`aws_s3_bucket.site`, with an OAC, but in the bucket policy statement 1 says so; in the key",
		"policy statement 1 says so.",
	])
	contains(_only(path).fix, "\"s3:GetObject\"")
	contains(_only(path).fix, "\"kms:Decrypt\"")
}

test_fires_for_the_bucket_or_the_key_alone if {
	bucket := _only(fixture.path(null, _refused))
	not contains(bucket.fix, "kms:Decrypt")
	key := _only(fixture.path(null, fixture.replace(_staging, {"key_grant": _no})))
	not contains(key.fix, "s3:GetObject")
}

test_silent_for_a_primary_distribution_and_for_other_reasons if {
	_found(fixture.path(null, fixture.replace(_refused, {"staging": {"known": false}}))) == set()
	other := fixture.grant("not-granted", "present", "aws_s3_bucket_policy.site")
	_found(fixture.path(null, fixture.replace(_staging, {"bucket_grant": other}))) == set()
	_found(fixture.path(null, _staging)) == set()
}

test_unresolved_staging_is_no_finding if {
	_found(fixture.path(null, fixture.replace(_refused, {"staging": {"unknown": "later"}}))) == set()
}

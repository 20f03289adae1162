package oacguard.cross_account_key_alias_test

import data.oacguard.lib.fixture_test as fixture
import data.oacguard.cross_account_key_alias as policy

_site := "aws_s3_bucket.site"

_found(path) := found if {
	found := fixture.brief(policy.finding) with input as fixture.facts([path])
}

_only(path) := finding if {
	findings := policy.finding with input as fixture.facts([path])
	some finding in findings
	finding.world == "after"
}

_alias := fixture.replace(fixture.oac_kms, {"encryption": {"known": fixture.replace(
	fixture.sse_kms.known,
	{"by_alias": true},
)}})

test_fires_for_an_alias if {
	path := fixture.path(null, _alias)
	_found(path) == {[0, "after", null, _site]}
	_only(path).message == concat(" ", [
		"`aws_s3_bucket_server_side_encryption_configuration.site` names its key by an alias: an upload",
		"to bucket `aws_s3_bucket.site` from another account would use what is called so there.",
	])
}

test_silent_for_an_arn_and_for_aws_s3 if {
	_found(fixture.path(null, fixture.oac_kms)) == set()
	_found(fixture.path(null, fixture.replace(_alias, {"key": fixture.aws_key}))) == set()
}

test_unresolved_encryption_is_no_finding if {
	_found(fixture.path(null, fixture.replace(_alias, {"encryption": {"unknown": "later"}}))) == set()
}

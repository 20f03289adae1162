package oacguard.encryption_context_test

import data.oacguard.lib.fixture_test as fixture
import data.oacguard.encryption_context as policy

_site := "aws_s3_bucket.site"

_found(path) := found if {
	found := fixture.brief(policy.finding) with input as fixture.facts([path])
}

_only(path) := finding if {
	findings := policy.finding with input as fixture.facts([path])
	some finding in findings
	finding.world == "after"
}

_place := "aws_kms_key.site, statement `Objects`"

_context := fixture.replace(fixture.oac_kms, {
	"key_grant": {"unknown": "it depends on the context"},
	"key_context": {"policy": "aws_kms_key.site", "statement": 1, "sid": "Objects"},
})

test_fires_for_a_context_that_names_objects if {
	path := fixture.path(fixture.oac_kms, _context)
	_found(path) == {[0, "after", "next-write", _place]}
	_only(path).message == concat(" ", [
		"CloudFront reads origin `s3` of `aws_cloudfront_distribution.site`, bucket",
		"`aws_s3_bucket.site`, with an OAC, but statement `Objects` of the policy in `aws_kms_key.site`",
		"grants it only for the encryption context of an object, and with an S3 Bucket Key that is the",
		"bucket.",
	])
	endswith(_only(path).fix, "`aws_s3_bucket.site` itself beside that of its objects.")
}

test_fires_in_both_worlds_when_nothing_changes if {
	_found(fixture.path(_context, _context)) == {
		[0, "before", "next-write", _place],
		[0, "after", "next-write", _place],
	}
}

test_silent_without_such_a_grant if {
	_found(fixture.path(null, fixture.oac_kms)) == set()
	_found(fixture.path(null, fixture.replace(_context, {"oai": fixture.oai}))) == set()
}

test_unresolved_grant_is_no_finding if {
	_found(fixture.path(null, fixture.replace(_context, {"key_context": null}))) == set()
}

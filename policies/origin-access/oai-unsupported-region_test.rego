package oacguard.oai_unsupported_region_test

import data.oacguard.lib.fixture_test as fixture
import data.oacguard.oai_unsupported_region as policy

_site := "aws_s3_bucket.site"

_found(path) := found if {
	found := fixture.brief(policy.finding) with input as fixture.facts([path])
}

_only(path) := finding if {
	findings := policy.finding with input as fixture.facts([path])
	some finding in findings
	finding.world == "after"
}

_in(region) := fixture.replace(fixture.oai_s3, {"bucket": {"known": fixture.replace(
	fixture.bucket("aws_s3_bucket.site").known,
	{"region": region},
)}})

_new := _in("il-central-1")

test_fires_in_a_region_without_identities if {
	path := fixture.path(null, _new)
	_found(path) == {[0, "after", "apply", _site]}
	_only(path).message == concat(" ", [
		"CloudFront reads origin `s3` of `aws_cloudfront_distribution.site`, bucket",
		"`aws_s3_bucket.site`, as the OAI `aws_cloudfront_origin_access_identity.site`, but",
		"il-central-1, where that bucket is, has no origin access identities. This plan creates the",
		"path.",
	])
	startswith(_only(path).fix, "1. In the policy of bucket `aws_s3_bucket.site`, allow")
}

test_fires_with_the_cause if {
	moved := fixture.changed(fixture.oai_s3, _new, {"bucket": true})
	contains(_only(moved).message, "This plan points the origin at that bucket")
	contains(_only(fixture.path(_new, _new)).message, "It is so today;")
	unused := fixture.replace(_new, {"used": false})
	contains(_only(fixture.path(unused, _new)).message, "This plan sends viewers there:")
	endswith(_only(fixture.path(fixture.oac_s3, _new)).message, "identities.")
}

test_fires_in_both_worlds_when_nothing_changes if {
	_found(fixture.path(_new, _new)) == {
		[0, "before", "next-write", _site],
		[0, "after", "next-write", _site],
	}
	empty := fixture.replace(_new, {"existing": {"known": "none"}})
	_found(fixture.path(null, empty)) == {[0, "after", "next-write", _site]}
}

test_silent_elsewhere_and_for_other_readers if {
	_found(fixture.path(null, _in("eu-central-2"))) == set()
	_found(fixture.path(null, fixture.replace(_new, fixture.with_oac))) == set()
	_found(fixture.path(null, fixture.replace(_new, {"oac": fixture.oac}))) == set()
}

test_unresolved_region_is_no_error if {
	_found(fixture.path(null, _in(null))) == set()
	_found(fixture.path(null, fixture.replace(_new, {"edge_function": {"known": true}}))) == set()
}

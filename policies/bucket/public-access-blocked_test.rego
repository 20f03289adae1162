package oacguard.public_access_blocked_test

import data.oacguard.lib.fixture_test as fixture
import data.oacguard.public_access_blocked as policy

_site := "aws_s3_bucket.site"

_found(path) := found if {
	found := fixture.brief(policy.finding) with input as fixture.facts([path])
}

_only(path) := finding if {
	findings := policy.finding with input as fixture.facts([path])
	some finding in findings
	finding.world == "after"
}

_block(restricts) := {
	"address": "aws_s3_bucket_public_access_block.site",
	"restricts": restricts,
	"ignores_acls": {"known": true},
}

_public := fixture.replace(fixture.oai_s3, fixture.unsigned)

_blocked := fixture.replace(_public, {"public_block": _block({"known": true})})

test_fires_when_it_is_turned_on if {
	_only(fixture.path(_public, _blocked)) == {
		"path": 0,
		"plan": null,
		"world": "after",
		"when": "apply",
		"subject": _site,
		"message": concat(" ", [
			"CloudFront reads origin `s3` of `aws_cloudfront_distribution.site`, bucket",
			"`aws_s3_bucket.site`, unsigned (the origin has neither OAC nor OAI), but",
			"`restrict_public_buckets` in `aws_s3_bucket_public_access_block.site` shuts out who does not",
			"sign. This plan turns that on.",
		]),
		"why": concat(" ", [
			"The bucket policy lets everybody read; the public access block takes that back. S3 answers",
			"each request that the cache does not hold with 403 AccessDenied.",
		]),
		"fix": concat("\n", [
			concat(" ", [
				"1. Now: leave `restrict_public_buckets` off in",
				"`aws_s3_bucket_public_access_block.site`.",
			]),
			concat(" ", [
				"2. In the policy of bucket `aws_s3_bucket.site`, allow `cloudfront.amazonaws.com` to",
				"`s3:GetObject` where `AWS:SourceArn` is the ARN of `aws_cloudfront_distribution.site`;",
				"apply.",
			]),
			concat(" ", [
				"3. On origin `s3` of `aws_cloudfront_distribution.site`, set `origin_access_control_id`",
				"to the id of an `aws_cloudfront_origin_access_control`",
				"(`origin_access_control_origin_type = \"s3\"`, `signing_behavior = \"always\"`,",
				"`signing_protocol = \"sigv4\"`) and remove its `custom_origin_config`, if it has one;",
				"apply.",
			]),
		]),
		"evidence": [fixture.evidence(note) | some note in ["access", "bucket", "grants"]],
	}
}

test_fires_with_the_cause if {
	endswith(_only(fixture.path(null, _blocked)).message, "This plan creates the path.")
	moved := fixture.changed(_public, _blocked, {"bucket": true})
	contains(_only(moved).message, "This plan points the origin at that bucket")
	contains(_only(fixture.path(_blocked, _blocked)).message, "It is so today;")
	unused := fixture.replace(_blocked, {"used": false})
	contains(_only(fixture.path(unused, _blocked)).message, "This plan sends viewers there:")
	private := fixture.grant("not-granted", "present", "aws_s3_bucket_policy.site")
	opened := fixture.path(fixture.replace(_blocked, {"bucket_grant": private}), _blocked)
	endswith(_only(opened).message, "who does not sign.")
}

test_fires_in_both_worlds_when_nothing_changes if {
	_found(fixture.path(_blocked, _blocked)) == {
		[0, "before", "next-write", _site],
		[0, "after", "next-write", _site],
	}
	empty := fixture.replace(_blocked, {"existing": {"known": "none"}})
	_found(fixture.path(null, empty)) == {[0, "after", "next-write", _site]}
}

test_silent_where_it_is_off_or_the_reader_signs if {
	off := fixture.replace(_public, {"public_block": _block({"known": false})})
	_found(fixture.path(null, off)) == set()
	_found(fixture.path(null, fixture.replace(_blocked, fixture.with_oac))) == set()
	signed := fixture.replace(fixture.oai_s3, {"public_block": _block({"known": true})})
	_found(fixture.path(null, signed)) == set()
}

test_unresolved_block_is_no_error if {
	unknown := fixture.replace(_public, {"public_block": _block({"unknown": "it is later"})})
	_found(fixture.path(null, unknown)) == set()
}

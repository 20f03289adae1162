package oacguard.oac_signing_test

import data.oacguard.lib.fixture_test as fixture
import data.oacguard.oac_signing as policy

_control := "aws_cloudfront_origin_access_control.site"

_oac(signing) := fixture.replace(fixture.oac, {"signing": {"known": signing}})

_never := fixture.replace(fixture.oac_s3, {
	"access": {"known": "unsigned"},
	"oac": _oac("never"),
	"bucket_grant": fixture.grant("not-granted", "present", "aws_s3_bucket_policy.site"),
})

_no_override(w) := fixture.replace(w, {"oac": _oac("no-override")})

_over_http(w) := fixture.replace(w, {"viewers_use_https": {"known": false}})

_found(path) := found if {
	found := fixture.brief(policy.finding) with input as fixture.facts([path])
}

_only(path) := finding if {
	findings := policy.finding with input as fixture.facts([path])
	some finding in findings
	finding.world == "after"
}

test_fires_when_an_oac_stops_signing_for_a_private_bucket if {
	path := fixture.changed(fixture.oac_s3, _never, {"access": true, "resources": [{
		"address": _control,
		"actions": ["update"],
	}]})
	_only(path) == {
		"path": 0,
		"plan": null,
		"world": "after",
		"when": "apply",
		"subject": _control,
		"message": concat(" ", [
			"CloudFront reads origin `s3` of `aws_cloudfront_distribution.site`, bucket",
			"`aws_s3_bucket.site`, with the OAC `aws_cloudfront_origin_access_control.site`, which never",
			"signs, and the bucket is not public: statement 1 says so. This plan changes that in",
			"`aws_cloudfront_origin_access_control.site`.",
		]),
		"why": concat(" ", [
			"`signing_behavior = \"never\"` switches the OAC off, for every origin of every distribution",
			"that uses it. S3 answers each request that the cache does not hold with 403 AccessDenied.",
		]),
		"fix": concat("\n", [
			concat(" ", [
				"Set `signing_behavior = \"always\"` in `aws_cloudfront_origin_access_control.site`,",
				"with this in the policy of bucket `aws_s3_bucket.site`:",
			]),
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
		"evidence": [fixture.evidence(note) | some note in ["access", "bucket", "grants"]],
	}
}

test_fires_with_the_cause if {
	endswith(_only(fixture.path(null, _never)).message, "This plan creates the path.")
	contains(_only(fixture.path(_never, _never)).message, "It is so today; this plan does not")
	endswith(_only(fixture.path(fixture.oac_s3, _never)).message, "says so.")
	unused := fixture.replace(_never, {"used": false})
	contains(_only(fixture.path(unused, _never)).message, "This plan sends viewers there:")
}

test_fires_in_both_worlds_when_nothing_changes if {
	_found(fixture.path(_never, _never)) == {
		[0, "before", "next-write", _control],
		[0, "after", "next-write", _control],
	}
}

test_fires_as_a_warning_where_kms_meets_plain_http if {
	finding := _only(fixture.path(null, _over_http(_no_override(fixture.oac_kms))))
	finding.severity == "warning"
	finding.when == null
	finding.message == concat(" ", [
		"The OAC `aws_cloudfront_origin_access_control.site` of origin `s3` of",
		"`aws_cloudfront_distribution.site` does not sign every request (`no-override`), and some",
		"behaviour lets viewers use plain HTTP, over which S3 refuses what is under SSE-KMS.",
	])
	contains(finding.fix, "; and set `viewer_protocol_policy` to `redirect-to-https`")
}

test_fires_as_a_note_otherwise if {
	every after in [_no_override(fixture.oac_kms), _over_http(_no_override(fixture.oac_s3))] {
		finding := _only(fixture.path(null, after))
		finding.severity == "note"
		endswith(finding.fix, "unless viewers are meant to sign.")
	}
}

test_silent_where_the_encryption_is_to_blame_or_the_bucket_is_public if {
	_found(fixture.path(null, fixture.replace(_never, {"encryption": fixture.sse_kms}))) == set()
	public := fixture.replace(_never, {"bucket_grant": fixture.granted("aws_s3_bucket_policy.site")})
	_found(fixture.path(null, public)) == set()
}

test_silent_where_it_always_signs_or_aws_rejects_the_origin if {
	_found(fixture.path(null, fixture.oac_kms)) == set()
	both := fixture.replace(_no_override(fixture.oac_s3), {"oai": fixture.oai})
	_found(fixture.path(null, both)) == set()
}

test_unresolved_is_no_error if {
	unknown := {"unknown": "it is known after apply"}
	_found(fixture.path(null, fixture.replace(_never, {"bucket_grant": unknown}))) == set()
	hidden := fixture.replace(fixture.oac, {"signing": unknown})
	_found(fixture.path(null, fixture.replace(fixture.oac_kms, {"oac": hidden}))) == set()
}

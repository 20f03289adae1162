package oacguard.unsigned_sse_kms_test

import data.oacguard.lib.fixture_test as fixture
import data.oacguard.unsigned_sse_kms as policy

_site := "aws_s3_bucket.site"

_unsigned_s3 := fixture.replace(fixture.oai_s3, fixture.unsigned)

_unsigned_kms := fixture.replace(fixture.oai_kms, fixture.unsigned)

_unsigned_new_kms := fixture.replace(fixture.oai_new_kms, fixture.unsigned)

_found(path) := found if {
	found := fixture.brief(policy.finding) with input as fixture.facts([path])
}

_only(path) := finding if {
	findings := policy.finding with input as fixture.facts([path])
	count(findings) == 1
	some finding in findings
}

test_fires_when_the_default_turns_kms if {
	finding := _only(fixture.changed(_unsigned_s3, _unsigned_new_kms, {"encryption": true}))
	finding == {
		"path": 0,
		"plan": null,
		"world": "after",
		"when": "next-write",
		"subject": _site,
		"message": concat(" ", [
			"CloudFront reads origin `s3` of `aws_cloudfront_distribution.site`,",
			"bucket `aws_s3_bucket.site`, unsigned (the origin has neither OAC nor OAI),",
			"but new objects there are encrypted with SSE-KMS. This plan turns that encryption on.",
		]),
		"why": concat(" ", [
			"S3 rejects unsigned reads of what a KMS key encrypts, even where the bucket is public.",
			"Viewers get an error of S3 for each object written or replaced under KMS;",
			"what was written under SSE-S3 is not affected.",
		]),
		"fix": concat("\n", [
			concat(" ", [
				"1. Now: set `sse_algorithm = \"AES256\"` in",
				"`aws_s3_bucket_server_side_encryption_configuration.site`.",
			]),
			concat(" ", [
				"2. In the policy of bucket `aws_s3_bucket.site`, allow `cloudfront.amazonaws.com`",
				"to `s3:GetObject` where `AWS:SourceArn` is the ARN of",
				"`aws_cloudfront_distribution.site`; apply.",
			]),
			concat(" ", [
				"3. On origin `s3` of `aws_cloudfront_distribution.site`, set `origin_access_control_id`",
				"to the id of an `aws_cloudfront_origin_access_control`",
				"(`origin_access_control_origin_type = \"s3\"`, `signing_behavior = \"always\"`,",
				"`signing_protocol = \"sigv4\"`) and remove its `custom_origin_config`, if it has one; apply.",
			]),
			concat(" ", [
				"4. Last, let the policy of the key `aws_kms_key.site` allow `cloudfront.amazonaws.com`",
				"to `kms:Decrypt` where `AWS:SourceArn` is the ARN of `aws_cloudfront_distribution.site`,",
				"and turn SSE-KMS on.",
			]),
		]),
		"evidence": [
			fixture.evidence("access"),
			fixture.evidence("bucket"),
			fixture.evidence("encryption"),
		],
	}
}

test_fires_on_a_website_endpoint if {
	after := fixture.replace(fixture.oai_new_kms, fixture.website)
	finding := _only(fixture.path(null, after))
	finding.when == "next-write"
	contains(finding.message, "through the website endpoint, which takes no signature, but")
	contains(finding.fix, "remove `custom_origin_config`")
}

test_fires_behind_an_oac_that_never_signs if {
	oac := fixture.replace(fixture.oac, {"signing": {"known": "never"}})
	after := fixture.replace(fixture.oac_kms, {"access": {"known": "unsigned"}, "oac": oac})
	finding := _only(fixture.changed(fixture.oac_kms, after, {
		"access": true,
		"resources": [{"address": fixture.oac.address, "actions": ["update"]}],
	}))
	finding.when == "apply"
	endswith(finding.message, sprintf("changes how CloudFront reads, in `%s`.", [fixture.oac.address]))
	contains(finding.message, "(the OAC `aws_cloudfront_origin_access_control.site` never signs)")
	startswith(finding.fix, "Let `aws_cloudfront_origin_access_control.site` sign always")
	contains(finding.why, "today are lost to viewers with this apply")
}

test_fires_with_a_fix_that_fits if {
	oac := fixture.replace(fixture.oac, {"signing": {"known": "never"}})
	silent := fixture.replace(_unsigned_kms, {"oac": oac})
	every case in [
		[fixture.oac_kms, _unsigned_kms, "Leave the OAC `aws_cloudfront_origin_access_control.site` on"],
		[null, silent, "\n3. Set `signing_behavior = \"always\"` in `aws_cloudfront_origin_"],
	] {
		contains(_only(fixture.path(case[0], case[1])).fix, case[2])
	}
}

test_fires_in_both_worlds_when_nothing_changes if {
	_found(fixture.path(_unsigned_kms, _unsigned_kms)) == {
		[0, "before", "next-write", _site],
		[0, "after", "next-write", _site],
	}
}

test_fires_when_the_oac_goes_though_the_default_goes_back if {
	after := fixture.replace(_unsigned_s3, {"existing": {"known": "kms"}})
	_found(fixture.path(fixture.oac_kms, after)) == {[0, "after", "apply", _site]}
}

test_fires_with_a_word_on_a_masked_failure if {
	after := fixture.replace(_unsigned_new_kms, {"error_masked": true})
	contains(_only(fixture.path(_unsigned_s3, after)).why, "turns 403 into a success")
}

test_silent_where_cloudfront_signs_or_is_an_oai if {
	_found(fixture.path(fixture.oac_s3, fixture.oac_kms)) == set()
	_found(fixture.path(fixture.oai_s3, fixture.oai_kms)) == set()
}

test_silent_for_a_public_site_without_kms if {
	_found(fixture.path(_unsigned_s3, _unsigned_s3)) == set()
}

test_silent_when_aws_rejects_the_origin_anyway if {
	after := fixture.replace(fixture.oai_new_kms, object.union(fixture.website, {"oac": fixture.oac}))
	_found(fixture.path(null, after)) == set()
}

test_silent_for_a_dark_path_that_becomes_another_kind_of_dark if {
	# The OAI could not read those objects either, and new ones become readable.
	after := fixture.replace(_unsigned_s3, {"existing": {"known": "kms"}})
	_found(fixture.path(fixture.oai_kms, after)) == set()
}

test_unresolved_edge_function_is_no_error if {
	every fact in [{"known": true}, {"unknown": "the functions are not known yet"}] {
		after := fixture.replace(_unsigned_kms, {"edge_function": fact})
		_found(fixture.path(null, after)) == set()
	}
}

test_unresolved_facts_are_no_error if {
	every name in ["access", "encryption"] {
		after := fixture.replace(_unsigned_new_kms, {name: {"unknown": "it is known after the apply"}})
		_found(fixture.path(_unsigned_s3, after)) == set()
	}
}

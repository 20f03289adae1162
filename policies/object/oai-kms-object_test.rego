package oacguard.oai_kms_object_test

import data.oacguard.lib.fixture_test as fixture
import data.oacguard.oai_kms_object as policy

_index := "aws_s3_object.index"

_demand := "aws_s3_bucket_policy.site, statement `OnlyKms`"

_dark := fixture.replace(fixture.oai_s3, {"objects": [fixture.upload({})]})

_kept := fixture.replace(fixture.oai_s3, {"objects": [fixture.upload({"written": false})]})

_forced := fixture.replace(fixture.oai_s3, {"forced_uploads": {
	"policy": "aws_s3_bucket_policy.site",
	"statement": 1,
	"sid": "OnlyKms",
}})

_unsigned(w) := fixture.replace(w, fixture.unsigned)

_found(path) := found if {
	found := fixture.brief(policy.finding) with input as fixture.facts([path])
}

_words(path, member) := text if {
	findings := policy.finding with input as fixture.facts([path])
	some finding in findings
	finding.world == "after"
	text := finding[member]
}

test_fires_when_the_plan_writes_an_object_under_a_key if {
	findings := policy.finding with input as fixture.facts([fixture.path(fixture.oai_s3, _dark)])
	findings == {{
		"path": 0,
		"plan": null,
		"world": "after",
		"when": "apply",
		"subject": _index,
		"message": concat(" ", [
			"CloudFront reads origin `s3` of `aws_cloudfront_distribution.site`, bucket",
			"`aws_s3_bucket.site`, as the OAI `aws_cloudfront_origin_access_identity.site`, but the",
			"object `aws_s3_object.index` there is encrypted with SSE-KMS. This plan writes it.",
		]),
		"why": concat(" ", [
			"An OAI cannot read what a KMS key encrypts, whatever the policies say.",
			"The default of the bucket does not matter to an object that is encrypted otherwise.",
		]),
		"fix": concat(" ", [
			"Set `server_side_encryption = \"AES256\"` on `aws_s3_object.index` and remove its",
			"`kms_key_id`. If it has to be under a KMS key, let an OAC read origin `s3` of",
			"`aws_cloudfront_distribution.site` first, and the policy of that key allow",
			"`cloudfront.amazonaws.com` to `kms:Decrypt` where `AWS:SourceArn` is the ARN of",
			"`aws_cloudfront_distribution.site`.",
		]),
		"evidence": [fixture.evidence(note) | some note in ["access", "bucket", "object"]],
	}}
}

test_fires_for_an_unsigned_reader_and_for_two_layers if {
	twice := fixture.upload({"encryption": {"known": "dsse-kms"}})
	after := _unsigned(fixture.replace(_dark, {"objects": [twice]}))
	path := fixture.path(null, after)
	_found(path) == {[0, "after", "apply", _index]}
	contains(_words(path, "message"), "is encrypted with DSSE-KMS.")
	startswith(_words(path, "why"), "S3 rejects unsigned reads")
}

test_fires_in_both_worlds_when_nothing_changes if {
	path := fixture.path(_kept, _kept)
	_found(path) == {[0, "before", "next-write", _index], [0, "after", "next-write", _index]}
	contains(_words(path, "message"), "It is so today; this plan does not change it.")
}

_cause(before, changes) := _words(fixture.changed(before, _kept, changes), "message")

test_fires_at_once_where_the_path_changes_under_the_object if {
	endswith(_cause(null, {}), "SSE-KMS. This plan creates the path.")
	endswith(
		_cause(fixture.oai_s3, {"bucket": true}),
		"This plan points the origin at that bucket, in `aws_cloudfront_distribution.site`.",
	)
	endswith(
		_cause(fixture.oac_s3, {"access": true}),
		"This plan changes how CloudFront reads, in `aws_cloudfront_distribution.site`.",
	)
	endswith(_cause(fixture.oai_s3, {}), "is encrypted with SSE-KMS.")
	unused := fixture.replace(_kept, {"used": false})
	endswith(
		_cause(unused, {}),
		"This plan sends viewers there: a behaviour comes to lead to the origin.",
	)
	_found(fixture.path(unused, _kept)) == {
		[0, "before", "next-write", _index],
		[0, "after", "apply", _index],
	}
}

test_fires_beside_a_kms_default_only_for_what_asks_for_it_itself if {
	own := fixture.replace(fixture.oai_new_kms, {"objects": [fixture.upload({})]})
	_found(fixture.path(null, own)) == {[0, "after", "apply", _index]}
	by_default := fixture.replace(own, {"objects": [fixture.upload({"configured": false})]})
	_found(fixture.path(null, by_default)) == set()
}

test_fires_when_uploads_have_no_choice if {
	path := fixture.changed(fixture.oai_s3, _forced, {"resources": [{
		"address": "aws_s3_bucket_policy.site",
		"actions": ["update"],
	}]})
	_found(path) == {[0, "after", "next-write", _demand]}
	endswith(_words(path, "message"), concat(" ", [
		"but statement `OnlyKms` of the bucket policy lets nothing be uploaded there without a KMS",
		"key. This plan demands that, in `aws_s3_bucket_policy.site`.",
	]))
	startswith(_words(path, "fix"), concat(" ", [
		"Let statement `OnlyKms` of the policy in `aws_s3_bucket_policy.site` admit uploads",
		"with SSE-S3 (`AES256`), or remove it.",
	]))
}

test_fires_for_a_demand_of_old_and_of_a_new_path if {
	_found(fixture.path(_forced, _forced)) == {
		[0, "before", "next-write", _demand],
		[0, "after", "next-write", _demand],
	}
	contains(_words(fixture.path(_forced, _forced), "message"), "It is so today;")
	endswith(_words(fixture.path(null, _forced), "message"), "This plan creates the path.")
	endswith(_words(fixture.path(fixture.oac_s3, _forced), "message"), "without a KMS key.")
	unused := fixture.replace(_forced, {"used": false})
	contains(_words(fixture.path(unused, _forced), "message"), "This plan sends viewers there:")
}

test_silent_for_an_oac if {
	_found(fixture.path(null, fixture.replace(_dark, fixture.with_oac))) == set()
	_found(fixture.path(null, fixture.replace(_forced, fixture.with_oac))) == set()
}

test_silent_for_an_object_that_is_not_served_or_plain if {
	every changes in [{"served": {"known": false}}, {"encryption": {"known": "sse-c"}}] {
		after := fixture.replace(fixture.oai_s3, {"objects": [fixture.upload(changes)]})
		_found(fixture.path(null, after)) == set()
	}
}

test_unresolved_is_no_error if {
	unknown := {"unknown": "it is known after apply"}
	every changes in [{"served": unknown}, {"encryption": unknown}] {
		after := fixture.replace(fixture.oai_s3, {"objects": [fixture.upload(changes)]})
		_found(fixture.path(null, after)) == set()
	}
	_found(fixture.path(null, fixture.replace(_dark, {"edge_function": unknown}))) == set()
}

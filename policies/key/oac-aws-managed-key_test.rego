package oacguard.oac_aws_managed_key_test

import data.oacguard.lib.fixture_test as fixture
import data.oacguard.oac_aws_managed_key as policy

_found(path) := found if {
	found := fixture.brief(policy.finding) with input as fixture.facts([path])
}

_site := "aws_s3_bucket.site"

_aws_key := fixture.replace(fixture.oac_kms, {"key": fixture.aws_key, "key_grant": null})

_new_aws_key := fixture.replace(_aws_key, {"existing": {"known": "sse-s3"}})

test_fires_when_the_default_turns_kms if {
	path := fixture.changed(fixture.oac_s3, _new_aws_key, {"encryption": true, "key": true})
	findings := policy.finding with input as fixture.facts([path])
	findings == {{
		"path": 0,
		"plan": null,
		"world": "after",
		"when": "next-write",
		"subject": _site,
		"message": concat(" ", [
			"CloudFront reads origin `s3` of `aws_cloudfront_distribution.site`, bucket",
			"`aws_s3_bucket.site`, with an OAC, but new objects there need the AWS managed key",
			"`alias/aws/s3`. This plan turns that encryption on.",
		]),
		"why": concat(" ", [
			"The policy of an AWS managed key does not admit CloudFront and cannot be changed, so the",
			"OAC gets 403 AccessDenied for each such object that is not cached.",
		]),
		"fix": concat("\n", [
			concat(" ", [
				"1. Now: set `sse_algorithm = \"AES256\"` in",
				"`aws_s3_bucket_server_side_encryption_configuration.site`.",
			]),
			concat(" ", [
				"2. Create an `aws_kms_key` whose policy allows `cloudfront.amazonaws.com` to `kms:Decrypt`",
				"where `AWS:SourceArn` is the ARN of `aws_cloudfront_distribution.site`; apply.",
			]),
			concat(" ", [
				"3. Last, name it as `kms_master_key_id` in",
				"`aws_s3_bucket_server_side_encryption_configuration.site`, and turn SSE-KMS on.",
			]),
		]),
		"evidence": [
			fixture.evidence("access"),
			fixture.evidence("encryption"),
			fixture.evidence("key"),
		],
	}}
}

test_fires_in_both_worlds_when_nothing_changes if {
	_found(fixture.path(_aws_key, _aws_key)) == {
		[0, "before", "next-write", _site],
		[0, "after", "next-write", _site],
	}
}

test_fires_at_once_for_a_new_path_to_objects_under_that_key if {
	_found(fixture.path(null, _aws_key)) == {[0, "after", "apply", _site]}
}

test_fires_with_the_next_object_when_only_the_key_changes if {
	_found(fixture.changed(fixture.oac_kms, _aws_key, {"key": true})) == {
		[0, "after", "next-write", _site],
	}
}

test_silent_for_a_customer_key if {
	_found(fixture.path(fixture.oac_s3, fixture.oac_kms)) == set()
}

test_silent_without_kms_or_without_an_oac if {
	_found(fixture.path(null, fixture.oac_s3)) == set()
	_found(fixture.path(null, fixture.replace(fixture.oai_kms, {"key": fixture.aws_key}))) == set()
}

test_silent_when_aws_rejects_the_origin_anyway if {
	_found(fixture.path(null, fixture.replace(_aws_key, {"oai": fixture.oai}))) == set()
}

test_unresolved_key_is_no_error if {
	manager := {"known": object.union(
		object.remove(fixture.aws_key.known, ["manager"]),
		{"manager": {"unknown": "it is elsewhere"}},
	)}
	every key in [{"unknown": "it is known after the apply"}, manager] {
		_found(fixture.path(null, fixture.replace(_aws_key, {"key": key}))) == set()
	}
}

test_unresolved_encryption_is_no_error if {
	after := fixture.replace(_aws_key, {"encryption": {"unknown": "it is known after the apply"}})
	_found(fixture.path(null, after)) == set()
}

_index := "aws_s3_object.index"

_object(changes) := fixture.replace(fixture.oac_s3, {"objects": [fixture.upload(fixture.replace(
	{"key": fixture.aws_key},
	changes,
))]})

_message(path) := finding.message if {
	findings := policy.finding with input as fixture.facts([path])
	some finding in findings
	finding.world == "after"
}

test_fires_for_an_object_that_needs_that_key if {
	path := fixture.path(fixture.oac_s3, _object({}))
	_found(path) == {[0, "after", "apply", _index]}
	_message(path) == concat(" ", [
		"CloudFront reads origin `s3` of `aws_cloudfront_distribution.site`, bucket",
		"`aws_s3_bucket.site`, with an OAC, but the object `aws_s3_object.index` needs the AWS managed",
		"key `alias/aws/s3`. This plan writes it.",
	])
}

test_fires_for_an_object_of_old if {
	path := fixture.path(_object({"written": false}), _object({"written": false}))
	_found(path) == {[0, "before", "next-write", _index], [0, "after", "next-write", _index]}
	contains(_message(path), "It is so today; this plan does not change it.")
	endswith(_message(fixture.path(null, _object({"written": false}))), "key `alias/aws/s3`.")
}

test_silent_for_an_object_where_the_default_is_the_same if {
	after := fixture.replace(_aws_key, {"objects": [fixture.upload({"key": fixture.aws_key})]})
	_found(fixture.path(null, after)) == {[0, "after", "apply", _site]}
}

# Objects of today need that key, and new ones do not.
_left := fixture.replace(fixture.oac_kms, {
	"existing_key": fixture.aws_key,
	"existing_key_grant": fixture.grant("not-granted", "present", null),
	"readable": {"existing": "unreadable", "new": "readable"},
})

test_fires_for_objects_of_old_on_a_new_path if {
	path := fixture.path(null, _left)
	_found(path) == {[0, "after", "apply", _site]}
	_message(path) == concat(" ", [
		"CloudFront reads origin `s3` of `aws_cloudfront_distribution.site`, bucket",
		"`aws_s3_bucket.site`, with an OAC, but what lies there today may need the AWS managed key",
		"`alias/aws/s3`.",
	])
}

test_fires_in_both_worlds_for_objects_that_were_dark_before if {
	path := fixture.path(_aws_key, _left)
	_found(path) == {[0, "before", "next-write", _site], [0, "after", "apply", _site]}
	dark := fixture.replace(_aws_key, {"readable": {"existing": "unreadable", "new": "unreadable"}})
	_found(fixture.path(dark, _left)) == {
		[0, "before", "next-write", _site],
		[0, "after", "next-write", _site],
	}
	contains(_message(fixture.path(dark, _left)), "It is so today; this plan does not change it.")
}

test_silent_for_objects_of_old_under_the_key_that_new_ones_need if {
	after := fixture.replace(_aws_key, {
		"existing_key": fixture.aws_key,
		"existing_key_grant": fixture.grant("not-granted", "present", null),
	})
	_found(fixture.path(null, after)) == {[0, "after", "apply", _site]}
}

test_fires_at_once_for_what_the_plan_writes_itself if {
	after := fixture.replace(_new_aws_key, {"writes_by_default": true})
	path := fixture.changed(fixture.oac_s3, after, {"encryption": true, "key": true})
	_found(path) == {[0, "after", "apply", _site]}
}

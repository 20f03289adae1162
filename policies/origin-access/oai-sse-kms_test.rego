package oacguard.oai_sse_kms_test

import data.oacguard.lib.fixture_test as fixture
import data.oacguard.oai_sse_kms as policy

_site := "aws_s3_bucket.site"

_found(path) := found if {
	found := fixture.brief(policy.finding) with input as fixture.facts([path])
}

test_fires_when_the_default_turns_kms if {
	path := fixture.changed(fixture.oai_s3, fixture.oai_new_kms, {
		"encryption": true,
		"resources": [{
			"address": "aws_s3_bucket_server_side_encryption_configuration.site",
			"actions": ["update"],
		}],
	})
	result := policy.finding with input as fixture.facts([path])
	result == {{
		"path": 0,
		"plan": null,
		"world": "after",
		"when": "next-write",
		"subject": _site,
		"message": concat(" ", [
			"CloudFront reads origin `s3` of `aws_cloudfront_distribution.site`,",
			"bucket `aws_s3_bucket.site`, as the OAI `aws_cloudfront_origin_access_identity.site`,",
			"but new objects there are encrypted with SSE-KMS. This plan turns that on in",
			"`aws_s3_bucket_server_side_encryption_configuration.site`.",
		]),
		"why": concat(" ", [
			"An OAI cannot read what a KMS key encrypts, whatever the bucket policy and the key policy say.",
			"What was written under SSE-S3 stays readable; what is written under KMS is not.",
			"Viewers get an error of S3, such as `KMS.UnrecognizedClientException`,",
			"for each such object that is not cached.",
		]),
		"fix": concat("\n", [
			concat(" ", [
				"1. Now: keep `sse_algorithm = \"AES256\"` in",
				"`aws_s3_bucket_server_side_encryption_configuration.site`.",
			]),
			concat(" ", [
				"2. In the policy of bucket `aws_s3_bucket.site`, allow `cloudfront.amazonaws.com`",
				"to `s3:GetObject` where `AWS:SourceArn` is the ARN of",
				"`aws_cloudfront_distribution.site`, beside what the OAI is granted; apply.",
			]),
			concat(" ", [
				"3. On origin `s3` of `aws_cloudfront_distribution.site`, set `origin_access_control_id`",
				"to the id of an `aws_cloudfront_origin_access_control`",
				"(`origin_access_control_origin_type = \"s3\"`, `signing_behavior = \"always\"`,",
				"`signing_protocol = \"sigv4\"`) and empty `s3_origin_config.origin_access_identity`; apply.",
			]),
			concat(" ", [
				"4. Once that is deployed, remove the OAI `aws_cloudfront_origin_access_identity.site`",
				"and its grant; apply.",
			]),
			concat(" ", [
				"5. Last, let the policy of the key `aws_kms_key.site` allow `cloudfront.amazonaws.com`",
				"to `kms:Decrypt` where `AWS:SourceArn` is the ARN of `aws_cloudfront_distribution.site`,",
				"and turn SSE-KMS on.",
			]),
		]),
		"evidence": [
			fixture.evidence("access"),
			fixture.evidence("bucket"),
			fixture.evidence("encryption"),
		],
	}}
}

# What was broken all along is brought before viewers.
test_fires_and_says_what_puts_it_into_service if {
	kms := fixture.replace(fixture.oai_new_kms, {"existing": {"known": "kms"}})
	cases := [
		[{"used": false}, "a behaviour comes to lead to the origin"],
		[{"enabled": {"known": false}}, "it enables `aws_cloudfront_distribution.site`"],
		[{"staging": {"known": true}}, "is no staging distribution any more"],
	]
	every entry in cases {
		path := fixture.path(fixture.replace(kms, entry[0]), kms)
		findings := policy.finding with input as fixture.facts([path])
		some finding in findings
		finding.world == "after"
		finding.when == "apply"
		contains(finding.message, entry[1])
	}
}

test_fires_and_says_that_a_function_goes if {
	before := fixture.replace(fixture.oai_new_kms, {"edge_function": {"known": true}})
	findings := policy.finding with input as fixture.facts([fixture.path(before, fixture.oai_new_kms)])
	some finding in findings
	contains(finding.message, "takes away the function at the edge")
}

test_fires_for_dsse if {
	after := fixture.replace(fixture.oai_new_kms, {"encryption": fixture.encryption("dsse-kms")})
	_found(fixture.path(fixture.oai_s3, after)) == {[0, "after", "next-write", _site]}
}

test_fires_on_a_new_site if {
	after := fixture.replace(fixture.oai_kms, {"existing": {"known": "none"}})
	_found(fixture.path(null, after)) == {[0, "after", "next-write", _site]}
}

test_fires_in_both_worlds_when_nothing_changes if {
	_found(fixture.path(fixture.oai_kms, fixture.oai_kms)) == {
		[0, "before", "next-write", _site],
		[0, "after", "next-write", _site],
	}
}

test_fires_at_once_on_a_rollback_to_the_oai if {
	path := fixture.changed(fixture.oac_kms, fixture.oai_kms, {
		"access": true,
		"resources": [{"address": "aws_cloudfront_distribution.site", "actions": ["update"]}],
	})
	_found(path) == {[0, "after", "apply", _site]}
	cause := "This plan changes how CloudFront reads, in `aws_cloudfront_distribution.site`."
	findings := policy.finding with input as fixture.facts([path])
	every finding in findings {
		endswith(finding.message, cause)
	}
}

# The first step and the number of steps, each on a line of its own.
_start(before, after, change) := [split(finding.fix, "\n")[0], count(split(finding.fix, "\n"))] if {
	path := fixture.changed(before, after, change)
	findings := policy.finding with input as fixture.facts([path])
	some finding in findings
	finding.world == "after"
}

test_fires_with_a_first_step_that_fits if {
	new := {"resources": [{"address": "aws_cloudfront_distribution.site", "actions": ["create"]}]}
	moved := fixture.replace(fixture.oai_kms, {"bucket": fixture.bucket("aws_s3_bucket.other")})
	unmanaged := fixture.replace(fixture.oai_kms, {"key": fixture.aws_key})
	label := {"label": "aws_s3_bucket.site", "address": "aws_s3_bucket.site", "name": null}
	nameless := fixture.replace(unmanaged, {"bucket": {"known": label}})
	set := concat(" ", [
		"1. Now: set `sse_algorithm = \"AES256\"` in",
		"`aws_s3_bucket_server_side_encryption_configuration.site`",
	])
	every case in [
		[fixture.oac_kms, fixture.oai_kms, {}, 1, "Leave the OAC `aws_cloudfront_origin_access_"],
		[fixture.oai_kms, unmanaged, {}, 5, concat(" ", [
			sprintf("%s, and copy in place what is encrypted with KMS already", [set]),
			"(`aws s3 cp s3://site-assets/ s3://site-assets/ --recursive --sse AES256`).",
		])],
		[fixture.oai_kms, nameless, {}, 5, concat(" ", [
			sprintf("%s, and copy in place what is encrypted with KMS already", [set]),
			"(`aws s3 cp s3://BUCKET/ s3://BUCKET/ --recursive --sse AES256`).",
		])],
		[null, fixture.oai_new_kms, new, 4, sprintf("%s and leave it at that, or give", [set])],
		[null, fixture.oai_kms, new, 3, "1. On origin `s3` of `aws_cloudfront_distribution.site`, set"],
		[null, fixture.oai_kms, {}, 3, "1. In the policy of bucket `aws_s3_bucket.site`, allow"],
		[fixture.oai_s3, moved, {"bucket": true}, 5, concat(" ", [
			"1. Now: leave the `domain_name` of origin `s3` of `aws_cloudfront_distribution.site`",
			"at bucket `aws_s3_bucket.site`.",
		])],
	] {
		[first, number] := _start(case[0], case[1], case[2])
		number == case[3]
		startswith(first, case[4])
	}
}

test_fires_at_once_for_a_new_path_to_old_kms_objects if {
	_found(fixture.path(null, fixture.oai_kms)) == {[0, "after", "apply", _site]}
}

test_fires_on_a_rollback_though_the_default_goes_back if {
	after := fixture.replace(fixture.oai_s3, {"existing": {"known": "kms"}})
	_found(fixture.path(fixture.oac_kms, after)) == {[0, "after", "apply", _site]}
}

test_fires_on_the_other_bucket_when_the_origin_moves if {
	moved := fixture.replace(fixture.oai_kms, {"bucket": fixture.bucket("aws_s3_bucket.other")})
	_found(fixture.changed(fixture.oai_kms, moved, {"bucket": true})) == {
		[0, "before", "next-write", _site],
		[0, "after", "next-write", "aws_s3_bucket.other"],
	}
}

test_silent_with_an_oac_or_without_kms if {
	_found(fixture.path(fixture.oac_s3, fixture.oac_kms)) == set()
	_found(fixture.path(fixture.oai_s3, fixture.oai_s3)) == set()
	_found(fixture.path(fixture.oai_s3, null)) == set()
}

test_silent_afterwards_when_the_default_goes_back_under_the_same_oai if {
	after := fixture.replace(fixture.oai_s3, {"existing": {"known": "kms"}})
	_found(fixture.path(fixture.oai_kms, after)) == {[0, "before", "next-write", _site]}
}

test_silent_when_aws_rejects_the_origin_anyway if {
	after := fixture.replace(fixture.oai_new_kms, {"oac": fixture.oac})
	_found(fixture.path(fixture.oai_s3, after)) == set()
}

test_silent_for_unsigned if {
	_found(fixture.path(null, fixture.replace(fixture.oai_kms, fixture.unsigned))) == set()
}

test_viewers_sent_to_what_is_broken_lose_it_at_once if {
	path := fixture.changed(fixture.oai_kms, fixture.oai_kms, {"viewers": true})
	findings := policy.finding with input as fixture.facts([path])
	some finding in findings
	finding.world == "after"
	finding.when == "apply"
	endswith(finding.message, concat(" ", [
		" This plan sends viewers there: `aws_cloudfront_distribution.site` takes over a path or",
		"a host name for it.",
	]))
}

test_unresolved_edge_function_is_no_error if {
	every fact in [{"known": true}, {"unknown": "the functions are known only after the apply"}] {
		_found(fixture.path(null, fixture.replace(fixture.oai_kms, {"edge_function": fact}))) == set()
	}
}

test_unresolved_facts_are_no_error if {
	every name in ["access", "encryption"] {
		after := fixture.replace(fixture.oai_new_kms, {name: {"unknown": "it is known after the apply"}})
		_found(fixture.path(fixture.oai_s3, after)) == set()
	}
}

test_unresolved_history_is_no_error if {
	after := fixture.replace(fixture.oai_s3, {"existing": {"unknown": "the bucket is elsewhere"}})
	_found(fixture.path(fixture.oac_s3, after)) == set()
}

# The default of afterwards is not known, and before nobody read through the path.
test_viewers_sent_to_old_kms_objects_lose_them if {
	after := fixture.replace(fixture.oai_kms, {
		"encryption": {"unknown": "it is known after the apply"},
		"readable": {"existing": "unreadable", "new": "unresolved"},
	})
	idle := fixture.replace(fixture.oai_kms, {"enabled": {"known": false}})
	findings := policy.finding with input as fixture.facts([fixture.path(idle, after)])
	["after", "apply"] in {[finding.world, finding.when] | some finding in findings}
	quiet := policy.finding with input as fixture.facts([fixture.path(fixture.oai_kms, after)])
	every finding in quiet {
		finding.world == "before"
	}
}

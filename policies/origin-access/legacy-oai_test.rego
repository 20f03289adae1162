package oacguard.legacy_oai_test

import data.oacguard.lib.fixture_test as fixture
import data.oacguard.legacy_oai as policy

_found(path) := found if {
	found := fixture.brief(policy.finding) with input as fixture.facts([path])
}

test_fires_for_an_oai_that_works if {
	findings := policy.finding with input as fixture.facts([fixture.path(null, fixture.oai_s3)])
	findings == {{
		"path": 0,
		"plan": null,
		"world": "after",
		"when": null,
		"subject": null,
		"message": concat(" ", [
			"CloudFront reads origin `s3` of `aws_cloudfront_distribution.site` as an OAI:",
			"this works only while bucket `aws_s3_bucket.site` does without KMS.",
		]),
		"why": concat(" ", [
			"An OAI cannot read what a KMS key encrypts. Turning SSE-KMS on, in any plan or by hand,",
			"breaks the site from the next upload on. AWS recommends an OAC.",
		]),
		"fix": concat("\n", [
			concat(" ", [
				"1. In the policy of bucket `aws_s3_bucket.site`, allow `cloudfront.amazonaws.com`",
				"to `s3:GetObject` where `AWS:SourceArn` is the ARN of",
				"`aws_cloudfront_distribution.site`, beside what the OAI is granted; apply.",
			]),
			concat(" ", [
				"2. On origin `s3` of `aws_cloudfront_distribution.site`, set `origin_access_control_id`",
				"to the id of an `aws_cloudfront_origin_access_control`",
				"(`origin_access_control_origin_type = \"s3\"`, `signing_behavior = \"always\"`,",
				"`signing_protocol = \"sigv4\"`) and empty `s3_origin_config.origin_access_identity`; apply.",
			]),
			concat(" ", [
				"3. Once that is deployed, remove the OAI `aws_cloudfront_origin_access_identity.site`",
				"and its grant; apply.",
			]),
		]),
		"evidence": [fixture.evidence("access")],
	}}
}

test_fires_with_an_oai_that_is_not_known_yet if {
	oai := {"label": "(known after apply)", "address": null}
	after := fixture.replace(fixture.oai_s3, {"oai": oai})
	findings := policy.finding with input as fixture.facts([fixture.path(null, after)])
	some finding in findings
	contains(finding.fix, "remove the OAI (known after apply) and its grant; apply.")
}

test_fires_in_both_worlds_when_nothing_changes if {
	_found(fixture.path(fixture.oai_s3, fixture.oai_s3)) == {
		[0, "before", null, null],
		[0, "after", null, null],
	}
}

test_fires_beside_what_cannot_be_told if {
	after := fixture.replace(fixture.oai_s3, {
		"bucket_grant": {"unknown": "it is known after the apply"},
		"readable": {"existing": "unresolved", "new": "unresolved"},
	})
	_found(fixture.path(null, after)) == {[0, "after", null, null]}
}

test_silent_for_an_oac if {
	_found(fixture.path(null, fixture.oac_s3)) == set()
}

test_silent_beside_an_error if {
	rejected := fixture.replace(fixture.oai_s3, {"oac": fixture.oac})
	dark := fixture.replace(fixture.oai_s3, {
		"readable": {"existing": "unreadable", "new": "unreadable"},
	})
	every after in [fixture.oai_kms, rejected, dark] {
		_found(fixture.path(null, after)) == set()
	}
}

test_silent_afterwards_on_a_rollback_to_the_oai if {
	after := fixture.replace(fixture.oai_s3, {"existing": {"known": "kms"}})
	_found(fixture.path(fixture.oac_kms, after)) == set()
}

test_unresolved_access_is_no_note if {
	after := fixture.replace(fixture.oai_s3, {"access": {"unknown": "it is a variable"}})
	_found(fixture.path(null, after)) == set()
}

test_unresolved_encryption_is_no_note if {
	after := fixture.replace(fixture.oai_s3, {"encryption": {"unknown": "another state sets it"}})
	_found(fixture.path(null, after)) == set()
}

test_silent_beside_an_error_of_another_kind if {
	far := fixture.replace(fixture.oai_s3, {"bucket": {"known": fixture.replace(
		fixture.bucket("aws_s3_bucket.site").known,
		{"region": "mx-central-1"},
	)}})
	replica := fixture.replace(fixture.oai_s3, {"replicas": [{
		"into_this_bucket": {"known": true},
		"enabled": {"known": true},
		"selected": {"known": true},
		"served": {"known": true},
		"source_encryption": {"known": "sse-kms"},
	}]})
	every after in [far, replica] {
		findings := policy.finding with input as fixture.facts([fixture.path(null, after)])
		findings == set()
	}
}

test_silent_where_the_apply_fails if {
	path := fixture.changed(fixture.oai_s3, fixture.oai_s3, {"resources": [{
		"address": fixture.oai.address,
		"actions": ["delete"],
	}]})
	findings := policy.finding with input as fixture.facts([path])
	{finding.world | some finding in findings} == {"before"}
}

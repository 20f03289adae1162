package oacguard.kms_with_oac_switch_test

import data.oacguard.kms_with_oac_switch as policy
import data.oacguard.lib.fixture_test as fixture

_found(path) := found if {
	found := fixture.brief(policy.finding) with input as fixture.facts([path])
}

_changes := {"access": true, "encryption": true}

test_fires_when_both_change_at_once if {
	path := fixture.changed(fixture.oai_s3, fixture.oac_kms, _changes)
	findings := policy.finding with input as fixture.facts([path])
	findings == {{
		"path": 0,
		"plan": null,
		"world": "after",
		"when": "rollout",
		"subject": "aws_s3_bucket.site",
		"message": concat(" ", [
			"CloudFront switches origin `s3` of `aws_cloudfront_distribution.site` to an OAC in the",
			"apply that turns SSE-KMS on for bucket `aws_s3_bucket.site`.",
		]),
		"why": concat(" ", [
			"Terraform puts the two in order only where one refers to the other, as a key policy does",
			"that names the distribution. An object that is written under KMS while CloudFront still",
			"reads without the OAC somewhere cannot be read there.",
		]),
		"fix": concat(" ", [
			"Leave `aws_s3_bucket_server_side_encryption_configuration.site` as it is in this apply;",
			"turn SSE-KMS on in the next one, when `aws_cloudfront_distribution.site` is deployed.",
		]),
		"evidence": [fixture.evidence("access"), fixture.evidence("encryption")],
	}}
}

test_silent_when_kms_was_on_already if {
	_found(fixture.changed(fixture.oai_kms, fixture.oac_kms, {"access": true})) == set()
}

test_silent_where_nobody_reads_meanwhile if {
	off := {"enabled": {"known": false}}
	before := fixture.replace(fixture.oai_s3, off)
	_found(fixture.changed(before, fixture.replace(fixture.oac_kms, off), _changes)) == set()
	_found(fixture.changed(before, fixture.oac_kms, _changes)) != set()
}

test_silent_without_a_switch if {
	_found(fixture.changed(fixture.oac_s3, fixture.oac_kms, {"encryption": true})) == set()
	_found(fixture.path(null, fixture.oac_kms)) == set()
}

test_silent_when_an_error_says_more if {
	grant := fixture.grant("not-granted", "present", "aws_kms_key.site")
	after := fixture.replace(fixture.oac_kms, {"key_grant": grant})
	_found(fixture.changed(fixture.oai_s3, after, _changes)) == set()
}

test_unresolved_encryption_is_no_warning if {
	unknown := {"encryption": {"unknown": "it is known after apply"}}
	after := fixture.replace(fixture.oac_kms, unknown)
	_found(fixture.changed(fixture.oai_s3, after, _changes)) == set()
	before := fixture.replace(fixture.oai_s3, unknown)
	_found(fixture.changed(before, fixture.oac_kms, _changes)) == set()
}

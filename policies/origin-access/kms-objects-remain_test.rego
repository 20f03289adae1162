package oacguard.kms_objects_remain_test

import data.oacguard.kms_objects_remain as policy
import data.oacguard.lib.fixture_test as fixture

_found(path) := found if {
	found := fixture.brief(policy.finding) with input as fixture.facts([path])
}

_after := fixture.replace(fixture.oai_s3, {"existing": {"known": "kms"}})

_here := {[0, "after", null, "aws_s3_bucket.site"]}

test_fires_when_the_default_goes_back if {
	path := fixture.changed(fixture.oai_kms, _after, {"encryption": true})
	findings := policy.finding with input as fixture.facts([path])
	findings == {{
		"path": 0,
		"plan": null,
		"world": "after",
		"when": null,
		"subject": "aws_s3_bucket.site",
		"message": concat(" ", [
			"Objects written under KMS may stay behind: CloudFront reads origin `s3` of",
			"`aws_cloudfront_distribution.site`, bucket `aws_s3_bucket.site`, as the OAI",
			"`aws_cloudfront_origin_access_identity.site`.",
		]),
		"why": concat(" ", [
			"The default is SSE-S3 again in `aws_s3_bucket_server_side_encryption_configuration.site`,",
			"which holds for new objects. Objects keep the encryption they were written with, and what",
			"a KMS key encrypts cannot be read this way.",
		]),
		"fix": concat(" ", [
			"After the apply, copy the objects in bucket `aws_s3_bucket.site` that KMS encrypts in place",
			"(`aws s3 cp s3://site-assets/ s3://site-assets/ --recursive --sse AES256`).",
		]),
		"evidence": [fixture.evidence("access"), fixture.evidence("encryption")],
	}}
}

test_fires_for_unsigned_reads_too if {
	every way in [fixture.unsigned, fixture.website] {
		before := fixture.replace(fixture.oai_kms, way)
		_found(fixture.path(before, fixture.replace(_after, way))) == _here
	}
}

test_silent_when_the_path_comes_to_those_objects if {
	_found(fixture.path(null, _after)) == set()
	_found(fixture.path(fixture.oac_kms, _after)) == set()
	_found(fixture.changed(fixture.oai_kms, _after, {"bucket": true})) == set()
}

test_silent_while_the_default_is_kms if {
	_found(fixture.path(fixture.oai_kms, fixture.oai_kms)) == set()
}

test_silent_for_an_oac if {
	after := fixture.replace(fixture.oac_s3, {"existing": {"known": "kms"}})
	_found(fixture.path(fixture.oac_kms, after)) == set()
}

test_unresolved_is_no_note if {
	unknown := {"unknown": "it is known after apply"}
	every changes in [{"encryption": unknown}, {"existing": unknown}, {"edge_function": unknown}] {
		_found(fixture.path(fixture.oai_kms, fixture.replace(_after, changes))) == set()
	}
}

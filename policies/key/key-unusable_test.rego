package oacguard.key_unusable_test

import data.oacguard.lib.fixture_test as fixture
import data.oacguard.key_unusable as policy

_site := "aws_s3_bucket.site"

_found(path) := found if {
	found := fixture.brief(policy.finding) with input as fixture.facts([path])
}

_only(path) := finding if {
	findings := policy.finding with input as fixture.facts([path])
	some finding in findings
	finding.world == "after"
}

_unfit(how, is, needs) := fixture.replace(fixture.oac_kms, {"key": {"known": fixture.replace(
	fixture.customer_key.known,
	{"unfit": {"how": how, "is": is, "needs": needs}},
)}})

_elsewhere := _unfit("other-region", "us-east-1", "eu-west-1")

test_fires_for_a_key_of_another_region if {
	path := fixture.changed(fixture.oac_s3, _elsewhere, {"encryption": true})
	_only(path) == {
		"path": 0,
		"plan": null,
		"world": "after",
		"when": "next-write",
		"subject": "aws_kms_key.site",
		"message": concat(" ", [
			"CloudFront reads origin `s3` of `aws_cloudfront_distribution.site`, bucket",
			"`aws_s3_bucket.site`, with an OAC, but S3 cannot use the key `aws_kms_key.site` for that",
			"bucket: it is in us-east-1, and the bucket in eu-west-1. This plan turns that encryption on.",
		]),
		"why": concat(" ", [
			"S3 uses symmetric encryption keys of the bucket's own Region only. It refuses every upload",
			"that takes the default, so the next deployment fails.",
		]),
		"fix": concat(" ", [
			"Name another key in `aws_s3_bucket_server_side_encryption_configuration.site`: one that is",
			"in the bucket's Region (of a multi-Region key, its replica there), and whose policy allows",
			"`cloudfront.amazonaws.com` to `kms:Decrypt` where `AWS:SourceArn` is the ARN of",
			"`aws_cloudfront_distribution.site`.",
		]),
		"evidence": [fixture.evidence("encryption"), fixture.evidence("key")],
	}
}

test_fires_for_a_key_of_another_kind if {
	spec := _only(fixture.path(null, _unfit("spec", "RSA_2048", "SYMMETRIC_DEFAULT")))
	contains(spec.message, "it is of the type `RSA_2048`, not `SYMMETRIC_DEFAULT`.")
	usage := _only(fixture.path(null, _unfit("usage", "SIGN_VERIFY", "ENCRYPT_DECRYPT")))
	contains(usage.message, "it is made for `SIGN_VERIFY`, not for `ENCRYPT_DECRYPT`.")
}

test_fires_in_both_worlds_when_nothing_changes if {
	path := fixture.path(_elsewhere, _elsewhere)
	_found(path) == {
		[0, "before", "next-write", "aws_kms_key.site"],
		[0, "after", "next-write", "aws_kms_key.site"],
	}
	contains(_only(path).message, "It is so today; this plan does not change it.")
}

test_silent_for_a_key_that_fits_and_for_other_readers if {
	_found(fixture.path(null, fixture.oac_kms)) == set()
	oai := fixture.replace(_elsewhere, {"access": {"known": "oai"}, "oac": null, "oai": fixture.oai})
	_found(fixture.path(null, oai)) == set()
	_found(fixture.path(null, fixture.replace(_elsewhere, {"oai": fixture.oai}))) == set()
	_found(fixture.path(null, fixture.replace(_elsewhere, {"encryption": fixture.sse_s3}))) == set()
}

test_unresolved_key_is_no_error if {
	later := {"unknown": "it is known after apply"}
	_found(fixture.path(null, fixture.replace(_elsewhere, {"key": later}))) == set()
}

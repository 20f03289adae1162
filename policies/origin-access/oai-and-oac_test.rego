package oacguard.oai_and_oac_test

import data.oacguard.lib.fixture_test as fixture
import data.oacguard.oai_and_oac as policy

_found(path) := found if {
	found := fixture.brief(policy.finding) with input as fixture.facts([path])
}

test_fires_when_both_are_set if {
	after := fixture.replace(fixture.oai_s3, {"oac": fixture.oac})
	findings := policy.finding with input as fixture.facts([fixture.path(fixture.oai_s3, after)])
	findings == {{
		"path": 0,
		"plan": null,
		"world": "after",
		"when": "apply-error",
		"subject": "aws_cloudfront_origin_access_control.site",
		"message": concat(" ", [
			"CloudFront rejects origin `s3` of `aws_cloudfront_distribution.site`: it has both the OAI",
			"`aws_cloudfront_origin_access_identity.site` and the OAC",
			"`aws_cloudfront_origin_access_control.site`.",
		]),
		"why": concat(" ", [
			"The apply fails with \"Cannot use both Origin Access Control and Origin Access Identity on",
			"an origin\", and what does not depend on the distribution is applied all the same.",
		]),
		"fix": concat("\n", [
			concat(" ", [
				"1. In the policy of bucket `aws_s3_bucket.site`, allow `cloudfront.amazonaws.com`",
				"to `s3:GetObject` where `AWS:SourceArn` is the ARN of",
				"`aws_cloudfront_distribution.site`, beside what the OAI is granted; apply that first.",
			]),
			concat(" ", [
				"2. On origin `s3` of `aws_cloudfront_distribution.site`, keep `origin_access_control_id`",
				"and empty `s3_origin_config.origin_access_identity`; apply.",
			]),
			concat(" ", [
				"3. Once that is deployed, remove the OAI `aws_cloudfront_origin_access_identity.site`",
				"and its grant.",
			]),
		]),
		"evidence": [fixture.evidence("access")],
	}}
}

test_silent_with_one_of_them if {
	_found(fixture.path(fixture.oai_s3, fixture.oac_s3)) == set()
	_found(fixture.path(null, fixture.oai_kms)) == set()
	_found(fixture.path(fixture.oac_s3, null)) == set()
}

test_silent_with_neither if {
	_found(fixture.path(null, fixture.replace(fixture.oai_s3, fixture.unsigned))) == set()
}

test_unresolved_access_is_no_error if {
	after := fixture.replace(fixture.oai_s3, {"oai": null, "access": {"unknown": "it is a variable"}})
	_found(fixture.path(fixture.oai_s3, after)) == set()
}

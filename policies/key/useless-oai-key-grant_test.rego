package oacguard.useless_oai_key_grant_test

import data.oacguard.lib.fixture_test as fixture
import data.oacguard.useless_oai_key_grant as policy

_useless(w) := fixture.replace(w, {"useless_key_grants": [{
	"policy": "aws_kms_key.site",
	"statement": 2,
	"sid": null,
}]})

test_fires_for_an_oai_in_a_key_policy if {
	path := fixture.path(null, _useless(fixture.oai_kms))
	findings := policy.finding with input as fixture.facts([path])
	findings == {{
		"path": 0,
		"plan": null,
		"world": "after",
		"when": null,
		"subject": "aws_kms_key.site, statement 3",
		"message": concat(" ", [
			"The policy of the key `aws_kms_key.site` names an OAI in statement 3 of the policy in",
			"`aws_kms_key.site`, which has no effect.",
		]),
		"why": concat(" ", [
			"An OAI cannot use a KMS key, whatever the key policy says.",
			"The statement looks as if it could.",
		]),
		"fix": concat("\n", [
			concat(" ", [
				"Take the OAI out of it. Once an OAC reads origin `s3` of",
				"`aws_cloudfront_distribution.site`, the key needs this:",
			]),
			"  {",
			"    Sid       = \"AllowCloudFrontDecrypt\"",
			"    Effect    = \"Allow\"",
			"    Principal = { Service = \"cloudfront.amazonaws.com\" }",
			"    Action    = \"kms:Decrypt\"",
			"    Resource  = \"*\"",
			concat("", [
				"    Condition = { StringEquals = ",
				"{ \"AWS:SourceArn\" = aws_cloudfront_distribution.site.arn } }",
			]),
			"  }",
		]),
		"evidence": [fixture.evidence("key"), fixture.evidence("grants")],
	}}
}

test_silent_without_one if {
	findings := policy.finding with input as fixture.facts([fixture.path(null, fixture.oac_kms)])
	findings == set()
}

test_unresolved_key_policy_is_no_finding if {
	after := fixture.replace(fixture.oac_kms, {"key_grant": {"unknown": "it is known after apply"}})
	findings := policy.finding with input as fixture.facts([fixture.path(null, after)])
	findings == set()
}

package oacguard.oac_grant_after_switch_test

import data.oacguard.lib.fixture_test as fixture
import data.oacguard.oac_grant_after_switch as policy

_found(path) := found if {
	found := fixture.brief(policy.finding) with input as fixture.facts([path])
}

_grant := fixture.grant("not-granted", "present", "aws_s3_bucket_policy.site")

_switch(before, after) := fixture.changed(before, after, {"access": true, "grant_before": _grant})

test_fires_when_the_grant_comes_with_the_switch if {
	path := _switch(fixture.oai_s3, fixture.oac_s3)
	findings := policy.finding with input as fixture.facts([path])
	findings == {{
		"path": 0,
		"plan": null,
		"world": "after",
		"when": "rollout",
		"subject": "aws_s3_bucket.site",
		"message": concat(" ", [
			"CloudFront switches origin `s3` of `aws_cloudfront_distribution.site` to an OAC in the same",
			"apply that first lets it read bucket `aws_s3_bucket.site`: today statement 1 says so.",
		]),
		"why": concat(" ", [
			"Terraform changes a distribution before a bucket policy that refers to it, and waits for",
			"CloudFront in between; one that does not refer to it is changed at the same time. Until",
			"the policy is there, viewers get 403 AccessDenied for what is not cached.",
		]),
		"fix": concat("\n", [
			concat(" ", [
				"Apply this statement first, beside those in the bucket policy of today, and switch",
				"origin `s3` of `aws_cloudfront_distribution.site` in a second apply:",
			]),
			"  {",
			"    Sid       = \"AllowCloudFrontRead\"",
			"    Effect    = \"Allow\"",
			"    Principal = { Service = \"cloudfront.amazonaws.com\" }",
			"    Action    = \"s3:GetObject\"",
			"    Resource  = \"arn:aws:s3:::site-assets/*\"",
			concat("", [
				"    Condition = { StringEquals = ",
				"{ \"AWS:SourceArn\" = aws_cloudfront_distribution.site.arn } }",
			]),
			"  }",
		]),
		"evidence": [fixture.evidence("access"), fixture.evidence("grants")],
	}}
}

test_fires_when_the_origin_was_unsigned if {
	before := fixture.replace(fixture.oai_s3, fixture.unsigned)
	count(_found(_switch(before, fixture.oac_s3))) == 1
}

test_silent_when_the_grant_is_there_already if {
	grant := fixture.granted("aws_s3_bucket_policy.site")
	path := fixture.changed(fixture.oai_s3, fixture.oac_s3, {"access": true, "grant_before": grant})
	_found(path) == set()
}

test_silent_when_nothing_could_be_read_before_or_can_afterwards if {
	refused := {"bucket_grant": _grant}
	_found(_switch(fixture.replace(fixture.oai_s3, refused), fixture.oac_s3)) == set()
	_found(_switch(fixture.oai_s3, fixture.replace(fixture.oac_s3, refused))) == set()
}

test_silent_for_a_new_path_and_without_a_switch if {
	_found(_switch(null, fixture.oac_s3)) == set()
	_found(_switch(fixture.oac_s3, fixture.oac_s3)) == set()
	_found(_switch(fixture.oac_s3, fixture.oai_s3)) == set()
}

test_unresolved_grant_is_no_warning if {
	unknown := {"unknown": "it is known after apply"}
	path := fixture.changed(fixture.oai_s3, fixture.oac_s3, {"access": true, "grant_before": unknown})
	_found(path) == set()
}

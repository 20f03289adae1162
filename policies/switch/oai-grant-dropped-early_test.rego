package oacguard.oai_grant_dropped_early_test

import data.oacguard.lib.fixture_test as fixture
import data.oacguard.oai_grant_dropped_early as policy

_found(path) := found if {
	found := fixture.brief(policy.finding) with input as fixture.facts([path])
}

_grant := fixture.grant("not-granted", "present", "aws_s3_bucket_policy.site")

_switch(before, after) := fixture.changed(before, after, {"access": true, "grant_after": _grant})

test_fires_when_the_grant_goes_with_the_switch if {
	path := _switch(fixture.oai_s3, fixture.oac_s3)
	findings := policy.finding with input as fixture.facts([path])
	findings == {{
		"path": 0,
		"plan": null,
		"world": "after",
		"when": "rollout",
		"subject": "aws_s3_bucket.site",
		"message": concat(" ", [
			"CloudFront switches origin `s3` of `aws_cloudfront_distribution.site` to an OAC in the",
			"apply that takes the OAI `aws_cloudfront_origin_access_identity.site` out of the policy of",
			"bucket `aws_s3_bucket.site`.",
		]),
		"why": concat(" ", [
			"CloudFront reads as it did until the change is deployed everywhere. The grant outlasts",
			"that only if the bucket policy refers to the distribution, so that Terraform changes it",
			"later, and `wait_for_deployment` is on; an apply that stops half-way, or the way back,",
			"finds no grant.",
		]),
		"fix": concat(" ", [
			"Keep the statement for the OAI `aws_cloudfront_origin_access_identity.site` in the bucket",
			"policy for now, beside that for an OAC, and remove it in a later apply, when",
			"`aws_cloudfront_distribution.site` is deployed.",
		]),
		"evidence": [fixture.evidence("access"), fixture.evidence("grants")],
	}}
}

test_fires_where_the_oai_has_no_name if {
	before := fixture.replace(fixture.oai_s3, {"oai": null})
	count(_found(_switch(before, fixture.oac_s3))) == 1
}

test_silent_when_the_grant_stays if {
	grant := fixture.granted("aws_s3_bucket_policy.site")
	path := fixture.changed(fixture.oai_s3, fixture.oac_s3, {"access": true, "grant_after": grant})
	_found(path) == set()
}

test_silent_when_there_was_none if {
	before := fixture.replace(fixture.oai_s3, {"bucket_grant": {"unknown": "it is elsewhere"}})
	_found(_switch(before, fixture.oac_s3)) == set()
}

test_silent_when_no_oai_was_in_use if {
	_found(_switch(fixture.replace(fixture.oai_s3, fixture.unsigned), fixture.oac_s3)) == set()
	_found(_switch(null, fixture.oac_s3)) == set()
}

test_silent_when_nothing_can_be_read_afterwards if {
	after := fixture.replace(fixture.oac_s3, {"bucket_grant": _grant})
	_found(_switch(fixture.oai_s3, after)) == set()
}

test_unresolved_grant_is_no_warning if {
	unknown := {"unknown": "it is known after apply"}
	path := fixture.changed(fixture.oai_s3, fixture.oac_s3, {"access": true, "grant_after": unknown})
	_found(path) == set()
}

test_fires_for_the_way_back_and_for_another_oai if {
	refused := fixture.grant("not-granted", "present", "aws_s3_bucket_policy.site")
	back := fixture.changed(fixture.oac_s3, fixture.oai_s3, {"access": true, "grant_after": refused})
	findings := policy.finding with input as fixture.facts([back])
	some finding in findings
	contains(finding.message, "to an OAI in the apply that takes the OAC out of")
	other := fixture.changed(fixture.oai_s3, fixture.oai_s3, {"grant_after": refused})
	replaced := policy.finding with input as fixture.facts([other])
	some another in replaced
	contains(another.message, "to another OAI in the apply that takes the OAI")
}

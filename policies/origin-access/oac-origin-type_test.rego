package oacguard.oac_origin_type_test

import data.oacguard.lib.fixture_test as fixture
import data.oacguard.oac_origin_type as policy

_found(path) := found if {
	found := fixture.brief(policy.finding) with input as fixture.facts([path])
}

_typed(type) := fixture.replace(fixture.oac, {"origin_type": {"known": type}})

_label := "aws_cloudfront_origin_access_control.site"

test_fires_for_another_type_on_s3 if {
	after := fixture.replace(fixture.oac_s3, {"oac": _typed("lambda")})
	findings := policy.finding with input as fixture.facts([fixture.path(null, after)])
	findings == {{
		"path": 0,
		"plan": null,
		"world": "after",
		"when": "apply-error",
		"subject": _label,
		"message": concat(" ", [
			"CloudFront rejects origin `s3` of `aws_cloudfront_distribution.site`: it is an S3 endpoint,",
			"and the OAC `aws_cloudfront_origin_access_control.site`, made for `lambda`, is set on it.",
		]),
		"why": concat(" ", [
			"The apply fails with \"Illegal configuration: The origin type and OAC origin type differ\",",
			"and what does not depend on the distribution is applied all the same.",
		]),
		"fix": concat(" ", [
			"Set `origin_access_control_origin_type = \"s3\"` in",
			"`aws_cloudfront_origin_access_control.site`, or give origin `s3` of",
			"`aws_cloudfront_distribution.site` an OAC of that type.",
		]),
		"evidence": [fixture.evidence("access"), fixture.evidence("bucket")],
	}}
}

test_fires_for_s3_on_something_else if {
	after := fixture.replace(fixture.oac_s3, {"endpoint": {"known": "other"}})
	_found(fixture.path(null, after)) == {[0, "after", "apply-error", _label]}
}

test_fires_for_s3_on_a_custom_origin if {
	after := fixture.replace(fixture.oac_s3, {"custom_origin": true})
	findings := policy.finding with input as fixture.facts([fixture.path(null, after)])
	some finding in findings
	contains(finding.message, "it is a custom origin, though its domain is a bucket's, and the OAC")
	startswith(finding.fix, "Remove `custom_origin_config` from origin `s3`")
}

test_silent_on_a_custom_origin_without_an_oac if {
	after := fixture.replace(fixture.oai_s3, {"custom_origin": true, "oai": null})
	count(_found(fixture.path(null, after))) == 0
}

test_fires_on_a_website_endpoint_with_an_oac if {
	after := fixture.replace(fixture.oac_s3, {"endpoint": {"known": "website"}})
	_found(fixture.path(null, after)) == {[0, "after", "apply-error", _label]}
}

test_fires_on_a_website_endpoint_with_an_oai if {
	after := fixture.replace(fixture.oai_s3, {"endpoint": {"known": "website"}})
	_found(fixture.path(fixture.oai_s3, after)) == {
		[0, "after", "apply-error", "aws_cloudfront_origin_access_identity.site"],
	}
}

test_silent_for_s3_on_every_endpoint_of_s3 if {
	every endpoint in ["rest", "access-point", "object-lambda", "multi-region"] {
		after := fixture.replace(fixture.oac_s3, {"endpoint": {"known": endpoint}})
		_found(fixture.path(null, after)) == set()
	}
}

test_silent_for_a_website_without_either if {
	_found(fixture.path(null, fixture.replace(fixture.oai_s3, fixture.website))) == set()
}

test_silent_for_lambda_on_something_else if {
	other := {"oac": _typed("lambda"), "endpoint": {"known": "other"}}
	_found(fixture.path(null, fixture.replace(fixture.oac_s3, other))) == set()
}

test_unresolved_type_or_endpoint_is_no_error if {
	type := fixture.replace(fixture.oac, {"origin_type": {"unknown": "it is elsewhere"}})
	every change in [{"oac": type}, {"endpoint": {"unknown": "it is known after the apply"}}] {
		_found(fixture.path(null, fixture.replace(fixture.oac_s3, change))) == set()
	}
}

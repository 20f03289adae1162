package oacguard.access_control_destroyed_test

import data.oacguard.access_control_destroyed as policy
import data.oacguard.lib.fixture_test as fixture

_found(path) := found if {
	found := fixture.brief(policy.finding) with input as fixture.facts([path])
}

_oai := "aws_cloudfront_origin_access_identity.site"

_oac := "aws_cloudfront_origin_access_control.site"

_change(address, actions) := {"address": address, "actions": actions}

_with(before, after, changes) := fixture.changed(before, after, {"resources": changes})

test_fires_when_the_oai_goes_with_the_switch if {
	path := _with(fixture.oai_s3, fixture.oac_s3, [_change(_oai, ["delete"])])
	_found(path) == {[0, "after", "apply-error", _oai]}
	findings := policy.finding with input as fixture.facts([path])
	some finding in findings
	startswith(finding.message, concat(" ", [
		"This plan destroys the OAI `aws_cloudfront_origin_access_identity.site` while origin `s3`",
	]))
	contains(finding.why, "409 CloudFrontOriginAccessIdentityInUse")
}

test_fires_when_the_oac_in_use_is_replaced if {
	path := _with(fixture.oac_s3, fixture.oac_s3, [_change(_oac, ["delete", "create"])])
	_found(path) == {[0, "after", "apply-error", _oac]}
}

test_silent_when_the_new_one_comes_first if {
	path := _with(fixture.oac_s3, fixture.oac_s3, [_change(_oac, ["create", "delete"])])
	_found(path) == set()
}

test_silent_when_it_stays_or_is_let_go if {
	_found(fixture.path(fixture.oai_s3, fixture.oac_s3)) == set()
	path := _with(fixture.oai_s3, fixture.oac_s3, [_change(_oai, ["forget"])])
	_found(path) == set()
}

test_silent_when_the_distribution_goes_first if {
	replaced := _change("aws_cloudfront_distribution.site", ["delete", "create"])
	path := _with(fixture.oai_s3, fixture.oac_s3, [_change(_oai, ["delete"]), replaced])
	_found(path) == set()
	_found(_with(fixture.oai_s3, null, [_change(_oai, ["delete"])])) == set()
}

test_unresolved_identity_is_no_finding if {
	before := fixture.replace(fixture.oai_s3, {"oai": {"label": "E1", "address": null}})
	path := _with(before, fixture.oac_s3, [_change(_oai, ["delete"])])
	_found(path) == set()
}

test_fires_for_an_oac_that_is_made_beside_itself if {
	taken := fixture.replace(fixture.oac, {"name_is_taken": true})
	after := fixture.replace(fixture.oac_s3, {"oac": taken})
	path := fixture.changed(fixture.oac_s3, after, {"resources": [{
		"address": fixture.oac.address,
		"actions": ["create", "delete"],
	}]})
	findings := policy.finding with input as fixture.facts([path])
	some finding in findings
	count(findings) == 1
	startswith(finding.message, "This plan makes a second one of the OAC")
	contains(finding.why, "OriginAccessControlAlreadyExists")
	startswith(finding.fix, "Give `aws_cloudfront_origin_access_control.site` another `name`")
}

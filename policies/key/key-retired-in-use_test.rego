package oacguard.key_retired_in_use_test

import data.oacguard.key_retired_in_use as policy
import data.oacguard.lib.fixture_test as fixture

_found(path) := found if {
	found := fixture.brief(policy.finding) with input as fixture.facts([path])
}

_after(path) := finding if {
	findings := policy.finding with input as fixture.facts([path])
	some finding in findings
	finding.world == "after"
}

_key := "aws_kms_key.site"

_retired(how, new, existing) := fixture.replace(fixture.oac_kms, {"retired_keys": [{
	"label": _key,
	"how": how,
	"new": new,
	"existing": existing,
}]})

test_fires_at_once_for_a_key_that_objects_need if {
	cases := [
		["disabled", "is disabled, and objects there need it. This plan does that."],
		["destroyed", "is scheduled for deletion, and objects there need it."],
		["replaced", "is replaced, which schedules the old one for deletion"],
		["ungranted", "does not let it decrypt any more, and objects there need it."],
	]
	every entry in cases {
		path := fixture.path(fixture.oac_kms, _retired(entry[0], false, true))
		_found(path) == {[0, "after", "apply", _key]}
		contains(_after(path).message, entry[1])
		startswith(_after(path).fix, "Keep the key `aws_kms_key.site`")
	}
}

test_fires_with_the_next_object_where_only_new_ones_need_it if {
	path := fixture.path(fixture.oac_s3, _retired("disabled", true, false))
	_found(path) == {[0, "after", "next-write", _key]}
	contains(_after(path).message, "and new objects need it.")
	startswith(_after(path).fix, "Enable the key `aws_kms_key.site`, or give bucket")
}

test_fires_in_both_worlds_when_nothing_changes if {
	same := _retired("disabled", true, true)
	path := fixture.path(same, same)
	_found(path) == {[0, "before", "next-write", _key], [0, "after", "next-write", _key]}
	contains(_after(path).message, "It is so today; this plan does not change it.")
}

test_fires_at_once_when_viewers_are_sent_there if {
	same := _retired("disabled", true, true)
	path := fixture.path(fixture.replace(same, {"used": false}), same)
	_after(path).when == "apply"
}

test_silent_for_keys_that_can_be_used if {
	_found(fixture.path(fixture.oac_kms, fixture.oac_kms)) == set()
}

test_silent_where_the_origin_is_rejected_or_read_otherwise if {
	rejected := fixture.replace(_retired("disabled", true, true), {"oai": fixture.oai})
	_found(fixture.path(null, rejected)) == set()
	unsigned := fixture.replace(_retired("disabled", true, true), {"access": {"known": "unsigned"}})
	_found(fixture.path(null, unsigned)) == set()
}

test_unresolved_access_is_no_finding if {
	after := fixture.replace(_retired("disabled", true, true), {"access": {"unknown": "a variable"}})
	_found(fixture.path(null, after)) == set()
}

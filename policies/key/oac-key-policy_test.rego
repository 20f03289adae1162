package oacguard.oac_key_policy_test

import data.oacguard.lib.fixture_test as fixture
import data.oacguard.oac_key_policy as policy

_found(path) := found if {
	found := fixture.brief(policy.finding) with input as fixture.facts([path])
}

_words(path, member) := text if {
	findings := policy.finding with input as fixture.facts([path])
	some finding in findings
	finding.world == "after"
	text := finding[member]
}

_key := "aws_kms_key.site"

_grant := fixture.grant("not-granted", "present", _key)

# The key of the default does not admit CloudFront, and nothing lies there under it.
_new := fixture.replace(fixture.oac_kms, {
	"existing": {"known": "sse-s3"},
	"existing_key": null,
	"existing_key_grant": null,
	"key_grant": _grant,
})

# Neither may it read what lies there.
_lost := fixture.replace(fixture.oac_kms, {
	"key_grant": _grant,
	"existing_key_grant": _grant,
	"readable": {"existing": "unreadable", "new": "unreadable"},
})

_with(changes) := fixture.replace(_new, {"key_grant": {"known": fixture.replace(
	_grant.known,
	changes,
)}})

test_fires_when_the_default_turns_kms if {
	path := fixture.changed(fixture.oac_s3, _new, {"encryption": true, "key": true})
	findings := policy.finding with input as fixture.facts([path])
	findings == {{
		"path": 0,
		"plan": null,
		"world": "after",
		"when": "next-write",
		"subject": _key,
		"message": concat(" ", [
			"CloudFront reads origin `s3` of `aws_cloudfront_distribution.site`, bucket",
			"`aws_s3_bucket.site`, with an OAC, but the policy of the key `aws_kms_key.site` does not",
			"let it decrypt: statement 1 says so. This plan turns that encryption on.",
		]),
		"why": concat(" ", [
			"S3 decrypts for CloudFront only if the policy of the key admits the service principal,",
			"whatever the bucket policy says. Viewers get 403 AccessDenied for each object under that",
			"key that is not cached. What is encrypted otherwise is not affected.",
		]),
		"fix": concat("\n", [
			"Add this statement to the policy in `aws_kms_key.site`:",
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
		"evidence": [fixture.evidence(note) | some note in ["access", "encryption", "key", "grants"]],
	}}
}

test_fires_at_once_when_the_grant_is_taken_away if {
	path := fixture.path(fixture.oac_kms, _lost)
	_found(path) == {[0, "after", "apply", _key]}
	contains(_words(path, "message"), "says so. This plan takes that away.")
	contains(_words(path, "why"), "is lost to viewers with this apply.")
}

test_fires_at_once_for_a_new_path_to_objects_under_that_key if {
	_found(fixture.path(null, _lost)) == {[0, "after", "apply", _key]}
}

test_fires_with_the_next_object_of_a_new_bucket if {
	after := fixture.replace(_new, {"existing": {"known": "none"}})
	_found(fixture.path(null, after)) == {[0, "after", "next-write", _key]}
}

test_fires_with_the_next_object_when_only_new_ones_need_that_key if {
	old := {"known": fixture.replace(fixture.customer_key.known, {"label": "aws_kms_key.old"})}
	after := fixture.replace(_lost, {
		"existing_key": old,
		"existing_key_grant": fixture.granted("aws_kms_key.old"),
	})
	path := fixture.changed(fixture.replace(fixture.oac_kms, {"key": old}), after, {"key": true})
	_found(path) == {[0, "after", "next-write", _key]}
}

test_fires_beside_an_old_key_that_is_retired_and_silent_for_a_retired_one if {
	old := {"label": "aws_kms_key.old", "how": "destroyed", "new": false, "existing": true}
	beside := fixture.path(fixture.oac_s3, fixture.replace(_new, {"retired_keys": [old]}))
	_found(beside) == {[0, "after", "next-write", _key]}
	disabled := {"label": _key, "how": "disabled", "new": true, "existing": false}
	_found(fixture.path(fixture.oac_s3, fixture.replace(_new, {"retired_keys": [disabled]}))) == set()
}

test_fires_in_both_worlds_when_nothing_changes if {
	path := fixture.path(_lost, _lost)
	_found(path) == {[0, "before", "next-write", _key], [0, "after", "next-write", _key]}
	contains(_words(path, "message"), "It is so today; this plan does not change it.")
}

test_fires_for_a_separate_key_policy_and_names_it if {
	path := fixture.path(null, _with({"policy": "aws_kms_key_policy.site"}))
	contains(
		_words(path, "message"),
		"the policy of the key `aws_kms_key.site` in `aws_kms_key_policy.site` does not let it decrypt",
	)
	startswith(_words(path, "fix"), "Add this statement to the policy in `aws_kms_key_policy.site`:")
}

test_fires_for_a_denial_and_says_how_to_be_spared if {
	by_number := fixture.path(null, _with({"result": "denied"}))
	contains(_words(by_number, "message"), "`aws_kms_key.site` forbids it to decrypt")
	startswith(
		_words(by_number, "fix"),
		"Spare CloudFront in statement 1 of the policy in `aws_kms_key.site`, for instance",
	)
	by_sid := fixture.path(null, _with({"result": "denied", "sid": "No"}))
	startswith(_words(by_sid, "fix"), "Spare CloudFront in statement `No` of the policy")
	nameless := fixture.path(null, _with({"result": "denied", "statement": null, "policy": null}))
	startswith(_words(nameless, "fix"), "Spare CloudFront in each statement that denies it of the")
}

test_fires_for_a_key_without_a_policy_of_its_own if {
	path := fixture.path(null, _with({"document": "none"}))
	startswith(_words(path, "fix"), "Set `policy` in `aws_kms_key.site` to the statement that AWS")
}

test_fires_for_a_policy_that_is_destroyed if {
	after := _with({"document": "destroyed", "policy": "aws_kms_key_policy.site"})
	path := fixture.path(fixture.oac_kms, after)
	endswith(_words(path, "message"), "statement 1 says so.")
	startswith(_words(path, "fix"), "Keep `aws_kms_key_policy.site`, with this statement in it:")
}

test_fires_without_the_address_of_a_policy if {
	path := fixture.path(null, _with({"policy": null}))
	startswith(_words(path, "fix"), "Add this statement to the policy of the key `aws_kms_key.site`:")
}

test_fires_with_the_arn_of_the_distribution_where_it_is_known if {
	arn := "arn:aws:cloudfront::111122223333:distribution/E1"
	after := fixture.replace(_new, {"distribution_arn": arn})
	contains(_words(fixture.path(null, after), "fix"), sprintf("\"AWS:SourceArn\" = \"%s\"", [arn]))
}

test_silent_when_it_is_granted if {
	_found(fixture.path(fixture.oac_s3, fixture.oac_kms)) == set()
}

test_silent_without_kms_or_without_an_oac if {
	_found(fixture.path(null, fixture.replace(fixture.oac_s3, {"key_grant": _grant}))) == set()
	_found(fixture.path(null, fixture.replace(fixture.oai_kms, {"key_grant": _grant}))) == set()
}

test_silent_for_a_key_that_aws_manages if {
	_found(fixture.path(null, fixture.replace(_new, {"key": fixture.aws_key}))) == set()
}

test_silent_when_aws_rejects_the_origin_anyway if {
	_found(fixture.path(null, fixture.replace(_new, {"oai": fixture.oai}))) == set()
}

test_unresolved_is_no_error if {
	unknown := {"unknown": "it is known after apply"}
	every changes in [{"key_grant": unknown}, {"encryption": unknown}, {"access": unknown}] {
		_found(fixture.path(null, fixture.replace(_new, changes))) == set()
	}
}

_other := "aws_kms_key.other"

_refused := fixture.grant("not-granted", "present", _other)

# An object of the plan needs a key of its own.
_object(changes) := fixture.replace(fixture.oac_s3, {"objects": [fixture.upload(fixture.replace(
	{"key_grant": _refused},
	changes,
))]})

test_fires_for_an_object_under_another_key if {
	path := fixture.path(fixture.oac_s3, _object({}))
	_found(path) == {[0, "after", "apply", _other]}
	_words(path, "message") == concat(" ", [
		"CloudFront reads origin `s3` of `aws_cloudfront_distribution.site`, bucket",
		"`aws_s3_bucket.site`, with an OAC, but the policy of the key `aws_kms_key.other`, which the",
		"object `aws_s3_object.index` needs, does not let it decrypt: statement 1 says so. This plan",
		"writes what needs it.",
	])
	startswith(_words(path, "fix"), "Add this statement to the policy of the key `aws_kms_key.ot")
}

test_fires_once_for_all_objects_under_a_key if {
	second := fixture.upload({"key_grant": _refused, "address": "aws_s3_object.second"})
	first := fixture.upload({"key_grant": _refused})
	after := fixture.replace(fixture.oac_s3, {"objects": [first, second]})
	path := fixture.path(fixture.oac_s3, after)
	_found(path) == {[0, "after", "apply", _other]}
	contains(_words(path, "message"), "which `aws_s3_object.index` and 1 more objects need, does not")
}

test_fires_for_an_object_that_a_key_denies if {
	denied := fixture.grant("denied", "present", _other)
	path := fixture.path(null, _object({"key_grant": denied, "written": false}))
	contains(_words(path, "message"), "needs, forbids it to decrypt: statement 1 says so.")
	startswith(_words(path, "fix"), concat(" ", [
		"Spare CloudFront in statement 1 of the policy in `aws_kms_key.other`,",
		"for instance by the condition",
	]))
}

test_fires_for_an_object_of_old if {
	path := fixture.path(_object({"written": false}), _object({"written": false}))
	_found(path) == {[0, "before", "next-write", _other], [0, "after", "next-write", _other]}
	contains(_words(path, "message"), "It is so today; this plan does not change it.")
}

test_silent_for_objects_of_which_others_speak if {
	retired := {"label": _other, "how": "disabled", "new": true, "existing": false}
	_found(fixture.path(null, fixture.replace(_object({}), {"retired_keys": [retired]}))) == set()
	_found(fixture.path(null, _object({"key": fixture.aws_key}))) == set()
	_found(fixture.path(null, _object({"key_grant": fixture.granted(_other)}))) == set()
	_found(fixture.path(null, fixture.replace(_object({}), {"oai": fixture.oai}))) == set()
	as_default := fixture.replace(fixture.oac_kms, {"objects": [fixture.upload({
		"key": fixture.customer_key,
		"key_grant": _refused,
	})]})
	_found(fixture.path(null, as_default)) == set()
}

# Objects of today need another key than the default, and never could be read under it.
_left := fixture.replace(fixture.oac_kms, {
	"existing_key": fixture.other_key,
	"existing_key_grant": _refused,
	"readable": {"existing": "unreadable", "new": "readable"},
})

test_fires_for_objects_of_old_on_a_new_path if {
	path := fixture.path(null, _left)
	_found(path) == {[0, "after", "apply", _other]}
	_words(path, "message") == concat(" ", [
		"CloudFront reads origin `s3` of `aws_cloudfront_distribution.site`, bucket",
		"`aws_s3_bucket.site`, with an OAC, but what lies there today may need the key",
		"`aws_kms_key.other`, whose policy does not let it decrypt: statement 1 says so. This plan",
		"creates the path.",
	])
	endswith(_words(path, "fix"), "has been copied in place under another one.")
}

test_fires_for_objects_of_old_in_the_bucket_the_origin_moves_to if {
	path := fixture.changed(fixture.oac_kms, _left, {"bucket": true})
	_found(path) == {[0, "after", "apply", _other]}
	endswith(_words(path, "message"), "at that bucket, in `aws_cloudfront_distribution.site`.")
	narrowed := fixture.path(fixture.oac_kms, _left)
	endswith(_words(narrowed, "message"), "statement 1 says so.")
}

test_fires_in_both_worlds_for_objects_that_were_dark_before if {
	cured := fixture.path(
		fixture.replace(fixture.oai_kms, {"readable": {"existing": "unreadable", "new": "unreadable"}}),
		_left,
	)
	_found(cured) == {[0, "before", "next-write", _other], [0, "after", "next-write", _other]}
	contains(_words(cured, "message"), "It is so today; this plan does not change it.")
	_found(fixture.path(_left, _left)) == {
		[0, "before", "next-write", _other],
		[0, "after", "next-write", _other],
	}
}

test_silent_for_objects_of_old_of_which_others_speak if {
	gone := {"label": _other, "how": "destroyed", "new": false, "existing": true}
	_found(fixture.path(null, fixture.replace(_left, {"retired_keys": [gone]}))) == set()
	_found(fixture.path(null, fixture.replace(_left, {"oai": fixture.oai}))) == set()
	granted := {"existing_key_grant": fixture.granted(_other)}
	_found(fixture.path(null, fixture.replace(_left, granted))) == set()
}

test_silent_for_a_staging_distribution_that_nobody_names if {
	staging := fixture.replace(_with({"other_source": true}), {"staging": {"known": true}})
	_found(fixture.path(null, staging)) == set()
}

test_fires_at_once_for_what_the_plan_writes_itself if {
	after := fixture.replace(_new, {"writes_by_default": true})
	path := fixture.changed(fixture.oac_s3, after, {"encryption": true, "key": true})
	_found(path) == {[0, "after", "apply", _key]}
	endswith(_words(path, "why"), "What this plan writes there cannot be read from the start.")
}

package oacguard.origin_bucket_policy_test

import data.oacguard.lib.fixture_test as fixture
import data.oacguard.origin_bucket_policy as policy

_found(path) := found if {
	found := fixture.brief(policy.finding) with input as fixture.facts([path])
}

_words(path, member) := text if {
	findings := policy.finding with input as fixture.facts([path])
	some finding in findings
	finding.world == "after"
	text := finding[member]
}

_site := "aws_s3_bucket.site"

_grant := fixture.grant("not-granted", "present", "aws_s3_bucket_policy.site")

_refused(world) := fixture.replace(world, {
	"bucket_grant": _grant,
	"readable": {"existing": "unreadable", "new": "unreadable"},
})

_with(world, changes) := fixture.replace(world, {"bucket_grant": {"known": fixture.replace(
	_grant.known,
	changes,
)}})

_change(address) := {"resources": [{"address": address, "actions": ["update"]}]}

_denial := {
	"policy": "aws_s3_bucket_policy.site",
	"statement": 1,
	"sid": "DenyOthers",
	"reason": "whether statement 2 denies it cannot be told",
}

_doubtful(world) := fixture.replace(world, {
	"bucket_grant": {"unknown": _denial.reason},
	"bucket_denial": _denial,
})

test_fires_when_the_grant_is_taken_away if {
	path := fixture.changed(
		fixture.oac_s3,
		_refused(fixture.oac_s3),
		_change("aws_s3_bucket_policy.site"),
	)
	findings := policy.finding with input as fixture.facts([path])
	findings == {{
		"path": 0,
		"plan": null,
		"world": "after",
		"when": "apply",
		"subject": _site,
		"message": concat(" ", [
			"CloudFront reads origin `s3` of `aws_cloudfront_distribution.site`, bucket",
			"`aws_s3_bucket.site`, with an OAC, but the policy in `aws_s3_bucket_policy.site` does not",
			"let it: statement 1 says so. This plan changes the policy, in",
			"`aws_s3_bucket_policy.site`.",
		]),
		"why": concat(" ", [
			"With an OAC, CloudFront reads as the service principal `cloudfront.amazonaws.com`; a grant",
			"to an OAI, or for another distribution, does not cover that. S3 answers each request that",
			"the cache does not hold with 403 AccessDenied.",
		]),
		"fix": concat("\n", [
			"Add this statement to the policy in `aws_s3_bucket_policy.site`:",
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
		"evidence": [fixture.evidence(note) | some note in ["access", "bucket", "grants"]],
	}}
}

test_fires_for_every_way_to_read if {
	ways := {
		"oai": {},
		"oac": fixture.with_oac,
		"unsigned": fixture.unsigned,
		"website": fixture.website,
	}
	every changes in ways {
		after := fixture.replace(_refused(fixture.oai_s3), changes)
		_found(fixture.path(fixture.oai_s3, after)) == {[0, "after", "apply", _site]}
	}
}

test_fires_with_the_first_object_of_a_new_bucket if {
	after := fixture.replace(_refused(fixture.oac_s3), {"existing": {"known": "none"}})
	path := fixture.path(null, after)
	_found(path) == {[0, "after", "next-write", _site]}
	endswith(_words(path, "message"), "This plan creates the path.")
}

test_fires_in_both_worlds_when_nothing_changes if {
	path := fixture.path(_refused(fixture.oac_s3), _refused(fixture.oac_s3))
	_found(path) == {[0, "before", "next-write", _site], [0, "after", "next-write", _site]}
	endswith(_words(path, "message"), "It is so today; this plan does not change it.")
}

test_fires_when_the_switch_leaves_the_policy_behind if {
	path := fixture.changed(fixture.oai_s3, _refused(fixture.oac_s3), {"access": true})
	endswith(
		_words(path, "message"),
		"This plan changes how CloudFront reads, in `aws_cloudfront_distribution.site`.",
	)
}

test_fires_when_the_origin_moves_to_a_bucket_that_does_not_grant if {
	path := fixture.changed(_refused(fixture.oac_s3), _refused(fixture.oac_s3), {"bucket": true})
	[0, "after", "apply", _site] in _found(path)
	contains(_words(path, "message"), "This plan points the origin at that bucket")
}

test_fires_when_something_else_takes_the_grant_away if {
	endswith(_words(fixture.path(fixture.oac_s3, _refused(fixture.oac_s3)), "message"), "says so.")
}

test_fires_for_a_denial_and_says_how_to_be_spared if {
	signed := fixture.path(fixture.oac_s3, _with(fixture.oac_s3, {"result": "denied", "sid": "No"}))
	contains(_words(signed, "message"), "the policy in `aws_s3_bucket_policy.site` forbids it")
	_words(signed, "fix") == concat(" ", [
		"Spare CloudFront in statement `No` of the policy in `aws_s3_bucket_policy.site`, for",
		"instance by the condition `Bool = { \"aws:PrincipalIsAWSService\" = \"false\" }`.",
	])
	as_oai := fixture.path(fixture.oai_s3, _with(fixture.oai_s3, {"result": "denied"}))
	contains(_words(as_oai, "fix"), "If it denies plain HTTP, set `viewer_protocol_policy` to")
}

test_fires_for_a_policy_that_is_destroyed if {
	path := fixture.path(fixture.oai_s3, _with(fixture.oai_s3, {"document": "destroyed"}))
	contains(_words(path, "message"), "but nothing lets it: statement 1 says so.")
	startswith(_words(path, "fix"), "Keep `aws_s3_bucket_policy.site`, with this statement in it:")
	contains(
		_words(path, "fix"),
		"Principal = { AWS = aws_cloudfront_origin_access_identity.site.iam_arn }",
	)
}

test_fires_for_a_bucket_without_a_policy if {
	path := fixture.path(null, _with(fixture.oac_s3, {"document": "none", "policy": _site}))
	startswith(_words(path, "fix"), "Add an `aws_s3_bucket_policy` for bucket `aws_s3_bucket.site` wi")
}

test_fires_for_an_access_point_and_says_that_two_policies_decide if {
	world := fixture.replace(_with(fixture.oac_s3, {}), {"endpoint": {"known": "access-point"}})
	fix := _words(fixture.path(null, world), "fix")
	startswith(fix, "Add this statement to the bucket policy, and the same to the policy of")
	contains(fix, "Resource  = \"")
}

test_fires_for_unsigned_reads_and_prefers_an_oac if {
	plain := fixture.path(null, _with(fixture.replace(fixture.oai_s3, fixture.unsigned), {}))
	startswith(_words(plain, "fix"), "Unless everyone may read the bucket, give origin")
	contains(_words(plain, "fix"), "Principal = \"*\"")
	never := fixture.replace(fixture.oac_s3, {"access": {"known": "unsigned"}})
	contains(
		_words(fixture.path(null, _with(never, {"policy": null})), "fix"),
		concat(" ", [
			"set `signing_behavior = \"always\"` in `aws_cloudfront_origin_access_control.site`.",
			"If so: Add this statement to the policy of the bucket:",
		]),
	)
	website := fixture.path(null, _with(fixture.replace(fixture.oai_s3, fixture.website), {}))
	startswith(_words(website, "fix"), "If everyone may read the bucket: Add this statement")
}

test_fires_with_the_names_that_are_known if {
	bucket := fixture.bucket(_site).known
	named := [
		[bucket, "arn:aws:s3:::site-assets/*"],
		[fixture.replace(bucket, {"region": "cn-north-1"}), "arn:aws-cn:s3:::site-assets/*"],
		[fixture.replace(bucket, {"name": null}), "${aws_s3_bucket.site.arn}/*"],
		[fixture.replace(bucket, {"name": null, "address": null}), "the ARN of the bucket/*"],
	]
	every pair in named {
		world := fixture.replace(_with(fixture.oac_s3, {}), {"bucket": {"known": pair[0]}})
		contains(_words(fixture.path(null, world), "fix"), sprintf("Resource  = \"%s\"", [pair[1]]))
	}
	nameless := fixture.replace(_with(fixture.oai_s3, {}), {"oai": null})
	contains(_words(fixture.path(null, nameless), "fix"), "AWS = \"the IAM ARN of the OAI\"")
}

test_fires_as_a_warning_for_a_denial_that_no_plan_tells if {
	path := fixture.path(fixture.oai_s3, _doubtful(fixture.oai_s3))
	findings := policy.finding with input as fixture.facts([path])
	some finding in findings
	finding.severity == "warning"
	finding.subject == "aws_s3_bucket_policy.site, statement `DenyOthers`"
	endswith(
		finding.message,
		"but its requests may be denied: whether statement 2 denies it cannot be told.",
	)
	count(findings) == 1
}

test_fires_as_a_warning_without_the_address_of_the_policy if {
	denial := fixture.replace(_denial, {"policy": null})
	after := fixture.replace(_doubtful(fixture.oac_s3), {"bucket_denial": denial})
	_found(fixture.path(null, after)) == {[0, "after", null, "statement `DenyOthers`"]}
}

test_silent_when_it_is_granted if {
	_found(fixture.path(fixture.oai_s3, fixture.oac_s3)) == set()
}

test_silent_when_aws_rejects_the_origin_anyway if {
	after := fixture.replace(_refused(fixture.oac_s3), {"oai": fixture.oai})
	_found(fixture.path(null, after)) == set()
}

test_silent_where_a_function_may_sign_instead if {
	every known in [{"known": true}, {"unknown": "it is known after apply"}] {
		every world in [_refused(fixture.oai_s3), _doubtful(fixture.oai_s3)] {
			_found(fixture.path(null, fixture.replace(world, {"edge_function": known}))) == set()
		}
	}
}

test_unresolved_is_no_error if {
	unknown := {"unknown": "it is known after apply"}
	every changes in [{"bucket_grant": unknown}, {"access": unknown}] {
		_found(fixture.path(null, fixture.replace(_refused(fixture.oac_s3), changes))) == set()
	}
}

test_silent_where_an_oac_that_never_signs_is_to_blame if {
	never := fixture.replace(fixture.oac, {"signing": {"known": "never"}})
	after := fixture.replace(fixture.oac_s3, {
		"access": {"known": "unsigned"},
		"oac": never,
		"bucket_grant": fixture.grant("not-granted", "present", "aws_s3_bucket_policy.site"),
	})
	_found(fixture.path(null, after)) == set()
	with_kms := fixture.replace(after, {"encryption": fixture.sse_kms})
	count(_found(fixture.path(null, with_kms))) == 1
}

test_silent_where_ownership_or_staging_is_to_blame if {
	no := fixture.grant("not-granted", "present", "aws_s3_bucket_policy.site")
	ownership := {
		"address": "aws_s3_bucket_ownership_controls.site",
		"rule": {"known": "BucketOwnerEnforced"},
	}
	before := fixture.replace(fixture.oai_s3, {
		"bucket_grant": {"unknown": "object ACLs may"},
		"rides_on_acls": true,
	})
	after := fixture.replace(fixture.oai_s3, {"bucket_grant": no, "ownership": ownership})
	_found(fixture.path(before, after)) == set()
	other := {"known": fixture.replace(no.known, {"other_source": true})}
	staging := fixture.replace(fixture.oac_s3, {"staging": {"known": true}, "bucket_grant": other})
	_found(fixture.path(null, staging)) == set()
}

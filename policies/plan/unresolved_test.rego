package oacguard.unresolved_test

import data.oacguard.lib.fixture_test as fixture
import data.oacguard.unresolved as policy

_later := {"unknown": "it is known after the apply"}

# What the finding about a path that comes to this is in doubt about; nothing without a finding.
_whats(after) := [what |
	findings := policy.finding with input as fixture.facts([fixture.path(null, after)])
	some finding in findings
	parts := split(trim_suffix(finding.message, "."), "the plan does not show ")
	some part in split(parts[1], "; nor ")
	what := split(part, ", because ")[0]
]

test_fires_once_for_all_that_is_unknown if {
	after := fixture.replace(fixture.oai_s3, {
		"bucket_grant": {"unknown": "`aws_s3_bucket_policy.site` is known after the apply"},
		"encryption": _later,
	})
	findings := policy.finding with input as fixture.facts([fixture.path(null, after)])
	findings == {{
		"path": 0,
		"plan": null,
		"world": "after",
		"when": null,
		"subject": null,
		"message": concat(" ", [
			"Whether CloudFront can read origin `s3` of `aws_cloudfront_distribution.site` cannot be",
			"told: the plan does not show how new objects in bucket `aws_s3_bucket.site` are encrypted,",
			"because it is known after the apply; nor whether the policy of bucket `aws_s3_bucket.site`",
			"lets CloudFront read, because `aws_s3_bucket_policy.site` is known after the apply.",
		]),
		"why": concat(" ", [
			"What the plan does not show decides whether viewers get the objects.",
			"It is no proof of a fault, and no pass either.",
		]),
		"fix": concat("\n", [
			"To settle it:",
			concat(" ", [
				"- write `sse_algorithm` as a value that is known at plan time, or give the plan that sets",
				"the encryption of the bucket",
			]),
			concat(" ", [
				"- write the bucket policy with `data.aws_iam_policy_document`, whose statements a plan",
				"shows, give the plan that holds it if that is another one, or check again once it is",
				"applied",
			]),
		]),
		"evidence": [fixture.evidence("encryption"), fixture.evidence("grants")],
	}}
}

test_fires_for_an_edge_function_only_where_kms_is_read_without_a_key if {
	_whats(fixture.replace(fixture.oai_kms, {"edge_function": {"known": true}})) == [concat("", [
		"whether a Lambda@Edge function signs the requests, ",
		"without which objects under a KMS key cannot be read this way",
	])]
	_whats(fixture.replace(fixture.oai_s3, {"edge_function": {"known": true}})) == []
	_whats(fixture.replace(fixture.oac_kms, {"edge_function": _later})) == []
}

test_fires_for_an_edge_function_where_the_bucket_policy_does_not_grant if {
	refused := {"bucket_grant": fixture.grant("not-granted", "none", "aws_s3_bucket.site")}
	after := fixture.replace(fixture.replace(fixture.oai_s3, refused), fixture.unsigned)
	_whats(fixture.replace(after, {"edge_function": {"known": true}})) == [concat("", [
		"whether a Lambda@Edge function signs the requests, ",
		"without which the bucket policy does not let CloudFront read",
	])]
	_whats(after) == []
}

test_fires_for_the_key_of_objects_that_lie_there if {
	after := fixture.replace(fixture.oac_s3, {
		"existing": {"known": "kms"},
		"existing_key": fixture.customer_key,
		"existing_key_grant": _later,
	})
	lies := "whether CloudFront may decrypt what lies in bucket `aws_s3_bucket.site` under the key"
	_whats(after) == [sprintf("%s `aws_kms_key.site`", [lies])]
	_whats(fixture.replace(after, {"existing_key": _later})) == [sprintf("%s of today", [lies])]
}

test_silent_about_a_denial_that_another_finding_tells if {
	denial := {"policy": null, "statement": 1, "sid": null, "reason": "perhaps"}
	after := fixture.replace(fixture.oai_s3, {"bucket_grant": _later, "bucket_denial": denial})
	_whats(after) == []
}

test_unresolved_key_of_today_is_told_once if {
	after := fixture.replace(fixture.oac_kms, {"key_grant": _later, "existing_key_grant": _later})
	_whats(after) == [
		"whether the policy of the key `aws_kms_key.site` lets CloudFront decrypt",
	]
}

test_fires_beside_an_error_with_other_words if {
	after := fixture.replace(fixture.oai_kms, {"bucket_grant": _later})
	findings := policy.finding with input as fixture.facts([fixture.path(null, after)])
	some finding in findings
	startswith(finding.message, "Not all about origin `s3` of `aws_cloudfront_distribution.site` can")
	contains(finding.why, "Another finding")
}

test_silent_where_all_is_known if {
	every after in [fixture.oai_s3, fixture.oac_s3, fixture.oac_kms, fixture.oai_kms] {
		_whats(after) == []
	}
}

test_silent_for_the_world_before_and_for_paths_that_go if {
	before := fixture.replace(fixture.oai_s3, {"bucket_grant": _later})
	every after in [fixture.oai_s3, null] {
		policy.finding == set() with input as fixture.facts([fixture.path(before, after)])
	}
}

test_silent_for_an_unused_origin if {
	_whats(fixture.replace(fixture.oai_s3, {"used": false, "encryption": _later})) == []
}

test_silent_when_aws_rejects_the_origin_anyway if {
	_whats(fixture.replace(fixture.oai_s3, {"oac": fixture.oac, "encryption": _later})) == []
}

test_silent_about_what_does_not_matter if {
	# Neither key nor key policy matter to an OAI, and the domain does not where the bucket is known.
	_whats(fixture.replace(fixture.oai_kms, {"key": _later, "key_grant": _later})) == []
	_whats(fixture.replace(fixture.oac_s3, {"domain": _later, "existing": _later})) == []
}

test_unresolved_access_hides_what_follows if {
	after := fixture.replace(fixture.oac_kms, {
		"access": _later,
		"oac": null,
		"bucket_grant": _later,
		"key_grant": _later,
	})
	_whats(after) == ["how CloudFront reaches the origin"]
}

test_unresolved_distribution_of_a_type_that_is_not_read if {
	unread := {"unknown": "this release does not read the origins of `awscc_cloudfront_distribution`"}
	after := fixture.replace(fixture.oai_s3, {"access": unread, "bucket": unread})
	_whats(after) == ["how CloudFront reaches the origin"]
	findings := policy.finding with input as fixture.facts([fixture.path(null, after)])
	some finding in findings
	startswith(finding.fix, "To settle it, look by hand at origin `s3` of")
}

test_unresolved_bucket_hides_what_follows if {
	after := fixture.replace(fixture.oac_kms, {
		"bucket": _later,
		"endpoint": _later,
		"encryption": _later,
		"existing": _later,
		"key": _later,
		"bucket_grant": _later,
		"key_grant": _later,
	})
	_whats(after) == ["which bucket the origin leads to"]
}

test_unresolved_grants_are_settled_by_their_cause if {
	cases := [
		["object ACLs may let it", "`object_ownership = \"BucketOwnerEnforced\"`"],
		["it is known after apply", "`data.aws_iam_policy_document`"],
	]
	every entry in cases {
		after := fixture.replace(fixture.oai_s3, {"bucket_grant": {"unknown": entry[0]}})
		findings := policy.finding with input as fixture.facts([fixture.path(null, after)])
		some finding in findings
		contains(finding.fix, entry[1])
	}
}

test_unresolved_grants_of_an_access_point_are_those_of_two_policies if {
	after := fixture.replace(fixture.oac_s3, {
		"bucket_grant": {"unknown": "the access point does not show whether it has a policy"},
		"endpoint": {"known": "access-point"},
	})
	_whats(after) == [concat(" ", [
		"whether the policy of the access point, with that of bucket `aws_s3_bucket.site`,",
		"lets CloudFront read",
	])]
	findings := policy.finding with input as fixture.facts([fixture.path(null, after)])
	some finding in findings
	contains(finding.fix, "a condition on `s3:DataAccessPointAccount`")
}

test_unresolved_policies_are_settled_by_what_is_not_known if {
	cases := [
		["text", "write the %s policy with `data.aws_iam_policy_document`"],
		["value", "check again once the %s policy is applied, or write the value that"],
		["request", "read an object through CloudFront once, or write the %s policy so that"],
	]
	every entry in cases {
		after := fixture.replace(fixture.oac_kms, {
			"bucket_grant": _later,
			"bucket_grant_gap": entry[0],
			"key_grant": _later,
			"key_grant_gap": entry[0],
		})
		findings := policy.finding with input as fixture.facts([fixture.path(null, after)])
		some finding in findings
		contains(finding.fix, sprintf(entry[1], ["bucket"]))
		contains(finding.fix, sprintf(entry[1], ["key"]))
	}
}

test_unresolved_endpoint if {
	_whats(fixture.replace(fixture.oai_s3, {"endpoint": _later})) == [
		"which kind of endpoint of bucket `aws_s3_bucket.site` the origin names",
	]
}

test_unresolved_key_hides_its_policy if {
	_whats(fixture.replace(fixture.oac_kms, {"key": _later, "key_grant": _later})) == [
		"which KMS key encrypts new objects in bucket `aws_s3_bucket.site`",
	]
}

test_unresolved_manager_and_key_policy if {
	key := {"known": fixture.replace(fixture.customer_key.known, {"manager": _later})}
	_whats(fixture.replace(fixture.oac_kms, {"key": key, "key_grant": _later})) == [
		"whether AWS or the customer manages the key `aws_kms_key.site`",
		"whether the policy of the key `aws_kms_key.site` lets CloudFront decrypt",
	]
	# A key whose policy is seen to admit CloudFront is a customer's.
	_whats(fixture.replace(fixture.oac_kms, {"key": key})) == []
}

test_unresolved_oac if {
	oac := fixture.replace(fixture.oac, {"origin_type": _later, "signing": _later})
	_whats(fixture.replace(fixture.oac_s3, {"oac": oac})) == [
		"whether the OAC `aws_cloudfront_origin_access_control.site` is made for S3",
		"whether the OAC `aws_cloudfront_origin_access_control.site` signs requests",
	]
}

_objects(base, objects) := _whats(fixture.replace(base, {"objects": objects}))

test_fires_for_objects_that_cannot_be_told if {
	one := ["whether CloudFront can read the object `aws_s3_object.index`"]
	_objects(fixture.oai_s3, [fixture.upload({"encryption": _later})]) == one
	_objects(fixture.oai_s3, [fixture.upload({"served": _later})]) == one
	_objects(fixture.oac_s3, [fixture.upload({"served": _later, "key_grant": _later})]) == one
	_objects(fixture.oac_s3, [fixture.upload({"encryption": {"known": "sse-c"}})]) == one
	_objects(fixture.oac_s3, [fixture.upload({"key": _later})]) == one
	_objects(fixture.oac_s3, [fixture.upload({"key_grant": _later})]) == one
	hidden := fixture.upload({"encryption": _later})
	_objects(fixture.oai_s3, [hidden, hidden]) == [
		"whether CloudFront can read the object `aws_s3_object.index` and 1 more",
	]
}

test_silent_for_objects_that_are_known if {
	granted := fixture.granted("aws_kms_key.other")
	_objects(fixture.oac_s3, [fixture.upload({"key_grant": granted})]) == []
	_objects(fixture.oac_s3, [fixture.upload({"served": _later, "key_grant": granted})]) == []
	_objects(fixture.oai_s3, [fixture.upload({})]) == []
}

test_fires_where_uploads_choose_the_key if {
	forced := {"policy": "aws_s3_bucket_policy.site", "statement": 0, "sid": null}
	_whats(fixture.replace(fixture.oac_s3, {"forced_uploads": forced})) == [
		"which key encrypts what is uploaded to bucket `aws_s3_bucket.site`",
	]
	_whats(fixture.replace(fixture.oac_kms, {"forced_uploads": forced})) == []
	_whats(fixture.replace(fixture.oai_s3, {"forced_uploads": forced})) == []
}

test_fires_for_keys_that_may_be_disabled_or_needed if {
	_whats(fixture.replace(fixture.oac_kms, {"unsettled_keys": ["aws_kms_key.site"]})) == [
		"whether the key `aws_kms_key.site` stays enabled",
	]
	going := [{"label": "aws_kms_key.old", "how": "destroyed"}, {"label": "k", "how": "disabled"}]
	_whats(fixture.replace(fixture.oac_kms, {"parting_keys": going})) == [
		"whether objects in bucket `aws_s3_bucket.site` still need the key `aws_kms_key.old` and 1 more",
	]
	_whats(fixture.replace(fixture.oai_s3, {"parting_keys": [{"label": "k", "how": null}]})) == [
		"whether objects in bucket `aws_s3_bucket.site` still need the key `k`",
	]
}

test_fires_for_a_public_access_block_that_cannot_be_told if {
	block := {"address": "b", "restricts": _later, "ignores_acls": _later}
	public := fixture.replace(fixture.oai_s3, fixture.unsigned)
	_whats(fixture.replace(public, {"public_block": block})) == [
		"whether who does not sign may read bucket `aws_s3_bucket.site`",
	]
	_whats(fixture.replace(fixture.oai_s3, {"public_block": block})) == []
}

test_fires_for_replicas_whose_key_cannot_be_told if {
	replica := {
		"address": "aws_s3_bucket_replication_configuration.main",
		"key": fixture.other_key,
		"key_grant": _later,
		"evidence": [],
	}
	what := [concat(" ", [
		"whether CloudFront can read what `aws_s3_bucket_replication_configuration.main` replicates",
		"into bucket `aws_s3_bucket.site`",
	])]
	_whats(fixture.replace(fixture.oac_s3, {"replicas": [replica]})) == what
	hidden := fixture.replace(replica, {"key": _later, "key_grant": null})
	_whats(fixture.replace(fixture.oac_s3, {"replicas": [hidden]})) == what
	_whats(fixture.replace(fixture.oai_s3, {"replicas": [replica]})) == []
}

test_silent_where_only_the_encryption_context_is_in_question if {
	context := {"policy": "aws_kms_key.site", "statement": 0, "sid": null}
	_whats(fixture.replace(fixture.oac_kms, {"key_grant": _later, "key_context": context})) == []
}

test_fires_for_an_edge_function_behind_a_public_access_block if {
	block := {"address": "b", "restricts": {"known": true}, "ignores_acls": {"known": true}}
	public := fixture.replace(fixture.oai_s3, fixture.unsigned)
	after := fixture.replace(public, {"public_block": block, "edge_function": {"known": true}})
	_whats(after) == [concat("", [
		"whether a Lambda@Edge function signs the requests, ",
		"without which the public access block shuts CloudFront out",
	])]
}

test_fires_for_an_edge_function_before_objects_that_are_under_a_kms_key if {
	replica := {
		"address": "aws_s3_bucket_replication_configuration.main",
		"key": fixture.other_key,
		"key_grant": null,
		"evidence": [fixture.evidence("replica")],
	}
	statement := {"policy": "aws_s3_bucket_policy.site", "statement": 0, "sid": null}
	cases := [
		[{"objects": [fixture.upload({})]}, "object"],
		[{"replicas": [replica]}, "replica"],
		[{"forced_uploads": statement}, "grants"],
	]
	every entry in cases {
		after := fixture.replace(fixture.oai_s3, entry[0])
		_whats(after) == []
		unsure := fixture.replace(after, {"edge_function": _later})
		_whats(unsure) == [concat("", [
			"whether a Lambda@Edge function signs the requests, without which ",
			"objects under a KMS key, of which there are some, cannot be read this way",
		])]
		findings := policy.finding with input as fixture.facts([fixture.path(null, unsure)])
		some finding in findings
		finding.evidence == [fixture.evidence("access"), fixture.evidence(entry[1])]
	}
}

test_fires_for_an_edge_function_in_a_region_without_oai if {
	bucket := {"known": fixture.replace(fixture.oai_s3.bucket.known, {"region": "il-central-1"})}
	after := fixture.replace(fixture.oai_s3, {"bucket": bucket, "edge_function": _later})
	_whats(after) == [concat("", [
		"whether a Lambda@Edge function signs the requests, ",
		"without which an OAI is of no use in il-central-1",
	])]
	_whats(fixture.replace(after, fixture.unsigned)) == []
}

test_unresolved_origin_that_aws_may_reject if {
	gap := "whether it has a block `custom_origin_config` is known after apply"
	_whats(fixture.replace(fixture.oac_s3, {"origin_gap": gap})) == [concat(" ", [
		"whether AWS accepts origin `s3` of `aws_cloudfront_distribution.site`",
		"with the OAC `aws_cloudfront_origin_access_control.site`",
	])]
}

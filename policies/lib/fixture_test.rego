# Facts for tests: a site that works, and changes to it.
package oacguard.lib.fixture_test

# The facts of one plan with these paths.
facts(paths) := {
	"schema": "oacguard.facts/v1",
	"plans": [plan({})],
	"counts": {"distributions": 1, "origins": 1, "buckets": 1, "keys": 0, "paths": count(paths)},
	"paths": [object.union(entry, {"id": id}) | some id, entry in paths],
}

plan(changes) := replace(
	{
		"source": "plan.json",
		"terraform_version": "1.11.4",
		"format_version": "1.2",
		"complete": true,
		"unplanned": [],
		"deferred": [],
	},
	changes,
)

# A path that is in both worlds, in one, or whose plan changes something.
path(before, after) := changed(before, after, {})

changed(before, after, changes) := {
	"id": 0,
	"plan": 0,
	"distribution": "aws_cloudfront_distribution.site",
	"origin": "s3",
	"before": before,
	"after": after,
	"change": replace(
		{
			"resources": [],
			"access": false,
			"bucket": false,
			"encryption": false,
			"key": false,
			"viewers": false,
			"grant_before": null,
			"grant_after": null,
		},
		changes,
	),
}

# `base` with members replaced, not merged: a fact is known or unknown, never both.
replace(base, changes) := object.union(object.remove(base, object.keys(changes)), changes)

# An OAI in front of a bucket with SSE-S3, all known, and changes to that.
world(changes) := replace(
	{
		"enabled": {"known": true},
		"distribution_arn": null,
		"staging": {"known": false},
		"used": true,
		"domain": {"known": "site-assets.s3.eu-west-1.amazonaws.com"},
		"endpoint": {"known": "rest"},
		"access": {"known": "oai"},
		"oai": oai,
		"oac": null,
		"edge_function": {"known": false},
		"custom_origin": false,
		"origin_gap": null,
		"retired_keys": [],
		"unsettled_keys": [],
		"parting_keys": [],
		"objects": [],
		"writes_by_default": false,
		"forced_uploads": null,
		"ownership": null,
		"rides_on_acls": false,
		"public_block": null,
		"replicas": [],
		"key_context": null,
		"writes": null,
		"wide_grants": [],
		"useless_key_grants": [],
		"viewers_use_https": {"known": true},
		"destroyed_bucket": null,
		"error_masked": false,
		"bucket": bucket("aws_s3_bucket.site"),
		"encryption": sse_s3,
		"existing": {"known": "sse-s3"},
		"key": null,
		"existing_key": null,
		"bucket_grant": granted("aws_s3_bucket_policy.site"),
		"bucket_denial": null,
		"bucket_grant_gap": null,
		"key_grant": null,
		"key_grant_gap": null,
		"existing_key_grant": null,
		"readable": {"existing": "readable", "new": "readable"},
		"evidence": {
			"access": [evidence("access")],
			"bucket": [evidence("bucket")],
			"encryption": [evidence("encryption")],
			"key": [evidence("key")],
			"grants": [evidence("grants")],
		},
	},
	changes,
)

oai_s3 := world({})

oai_kms := world({
	"encryption": sse_kms,
	"key": customer_key,
	"existing": {"known": "kms"},
	"readable": {"existing": "unresolved", "new": "unreadable"},
})

# What KMS behind an OAI looks like when this plan turns KMS on.
oai_new_kms := replace(oai_kms, {
	"existing": {"known": "sse-s3"},
	"readable": {"existing": "readable", "new": "unreadable"},
})

with_oac := {"access": {"known": "oac"}, "oai": null, "oac": oac}

oac_s3 := replace(oai_s3, with_oac)

oac_kms := replace(replace(oai_kms, with_oac), {
	"key_grant": granted("aws_kms_key.site"),
	"existing_key": customer_key,
	"existing_key_grant": granted("aws_kms_key.site"),
	"readable": {"existing": "readable", "new": "readable"},
})

unsigned := {"access": {"known": "unsigned"}, "oai": null, "oac": null}

website := {
	"access": {"known": "website"},
	"oai": null,
	"oac": null,
	"endpoint": {"known": "website"},
}

oai := {
	"label": "aws_cloudfront_origin_access_identity.site",
	"address": "aws_cloudfront_origin_access_identity.site",
}

oac := {
	"label": "aws_cloudfront_origin_access_control.site",
	"address": "aws_cloudfront_origin_access_control.site",
	"origin_type": {"known": "s3"},
	"signing": {"known": "always"},
	"name_is_taken": false,
}

bucket(address) := {"known": {
	"label": address,
	"address": address,
	"name": "site-assets",
	"region": "eu-west-1",
	"created": false,
}}

sse_s3 := encryption("sse-s3")

sse_kms := encryption("sse-kms")

encryption(algorithm) := {"known": {
	"algorithm": algorithm,
	"source": "resource",
	"address": "aws_s3_bucket_server_side_encryption_configuration.site",
	"by_alias": false,
}}

customer_key := {"known": {
	"label": "aws_kms_key.site",
	"address": "aws_kms_key.site",
	"arn": null,
	"unfit": null,
	"manager": {"known": "customer"},
}}

aws_key := {"known": {
	"label": "alias/aws/s3",
	"address": null,
	"arn": null,
	"unfit": null,
	"manager": {"known": "aws"},
}}

# An upload of the plan, which asks for SSE-KMS, and changes to that.
upload(changes) := replace(
	{
		"address": "aws_s3_object.index",
		"served": {"known": true},
		"encryption": {"known": "sse-kms"},
		"configured": true,
		"written": true,
		"key": other_key,
		"key_grant": null,
		"evidence": [evidence("object")],
	},
	changes,
)

other_key := {"known": {
	"label": "aws_kms_key.other",
	"address": "aws_kms_key.other",
	"arn": null,
	"unfit": null,
	"manager": {"known": "customer"},
}}

granted(address) := grant("allowed", "present", address)

grant(result, document, address) := {"known": {
	"result": result,
	"document": document,
	"policy": address,
	"statement": 0,
	"sid": null,
	"other_source": false,
	"reason": "statement 1 says so",
}}

evidence(note) := {
	"plan": "plan.json",
	"address": "aws_cloudfront_distribution.site",
	"path": "$['planned_values']",
	"note": note,
}

# What distinguishes findings, without their words.
brief(findings) := {brief_of |
	some finding in findings
	brief_of := [finding.path, finding.world, finding.when, finding.subject]
}

package main_test

import data.main

# METADATA
# description: A path that is as it should be, but for what `other` says of it after the apply.
path(other) := {
	"id": 3,
	"distribution": "aws_cloudfront_distribution.site",
	"origin": "s3",
	"after": {name: object.get(other, name, usual) | some name, usual in fine},
}

fine := {
	"enabled": {"known": true},
	"staging": {"known": false},
	"access": {"known": "oac"},
	"bucket": {"known": {"label": "aws_s3_bucket.site"}},
	"encryption": {"known": {"algorithm": "sse-kms"}},
	"key": {"known": {"label": "aws_kms_key.site", "manager": {"known": "customer"}}},
}

messages(found) := {result.msg | some result in found}

test_silent if {
	count(main.deny_origin_access) + count(main.deny_customer_key) == 0 with data.oacguard.paths as [path({})]
	count(main.warn_origin_access) + count(main.warn_customer_key) == 0 with data.oacguard.paths as [path({})]
}

test_identity_is_denied if {
	found := main.deny_origin_access with data.oacguard.paths as [path({"access": {"known": "oai"}})]
	found == {{
		"msg": "aws_cloudfront_distribution.site, origin s3: uses oai, and production uses origin access control",
		"_path": 3,
	}}
}

test_unknown_access_is_said if {
	found := main.warn_origin_access with data.oacguard.paths as [path({"access": {"unknown": "not told"}})]
	messages(found) == {"aws_cloudfront_distribution.site, origin s3: not told"}
}

test_no_key_is_denied if {
	found := main.deny_customer_key with data.oacguard.paths as [path({"encryption": {"known": {"algorithm": "sse-s3"}}, "key": null})]
	count(found) == 1
}

test_key_of_aws_is_denied if {
	found := main.deny_customer_key with data.oacguard.paths as [path({"key": {"known": {"label": "aws/s3", "manager": {"known": "aws"}}}})]
	messages(found) == {"aws_cloudfront_distribution.site, origin s3: reads a bucket that is encrypted with aws/s3, which AWS manages"}
}

test_unknown_key_is_said if {
	every other in [
		{"encryption": {"unknown": "not told"}, "key": null},
		{"key": {"unknown": "not told"}},
		{"key": {"known": {"label": "k", "manager": {"unknown": "not told"}}}},
	] {
		found := main.warn_customer_key with data.oacguard.paths as [path(other)]
		messages(found) == {"aws_cloudfront_distribution.site, origin s3: not told"}
	}
}

test_staging_and_disabled_are_left_out if {
	every other in [{"staging": {"known": true}}, {"enabled": {"known": false}}] {
		count(main.production) == 0 with data.oacguard.paths as [path(other)]
	}
}

test_unknown_staging_counts_as_production if {
	count(main.production) == 1 with data.oacguard.paths as [path({"staging": {"unknown": "not told"}})]
}

test_path_that_goes_is_left_out if {
	count(main.production) == 0 with data.oacguard.paths as [object.union(path({}), {"after": null})]
}

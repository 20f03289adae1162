package main_test

import data.main

tags := {"types": ["aws_s3_bucket"], "required": ["owner", "team"], "without": ["aws_s3_bucket.logs"]}

bucket(name, after, unknown) := {
	"address": sprintf("aws_s3_bucket.%s", [name]),
	"type": "aws_s3_bucket",
	"change": {"actions": ["create"], "after": {"tags": after}, "after_unknown": {"tags": unknown}},
}

missing(change) := {message.msg | some message in found} if {
	found := main.deny_required_tags with input.resource_changes as [change]
		with data.tags as tags
}

test_all_tags_pass if count(missing(bucket("site", {"owner": "a", "team": "b"}, {}))) == 0

test_missing_tags_are_named if missing(bucket("site", null, {})) == {"aws_s3_bucket.site lacks owner, team"}

test_empty_tag_is_missing if missing(bucket("site", {"owner": "", "team": "b"}, {})) == {"aws_s3_bucket.site lacks owner"}

test_tag_known_after_apply_is_there if count(missing(bucket("site", {"owner": "a"}, {"team": true}))) == 0

test_all_tags_known_after_apply_are_there if count(missing(bucket("site", null, true))) == 0

test_listed_resource_needs_none if count(missing(bucket("logs", null, {}))) == 0

test_deleted_resource_needs_none if {
	gone := object.union(bucket("site", null, {}), {"change": {"actions": ["delete"]}})
	count(missing(gone)) == 0
}

test_sandbox_is_exempt if main.exception[["required_tags"]] with input.variables.environment.value as "sandbox"

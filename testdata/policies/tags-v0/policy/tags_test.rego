package main

bucket(tags) = {
	"address": "aws_s3_bucket.site",
	"type": "aws_s3_bucket",
	"change": {"actions": ["create"], "after": {"tags": tags}},
}

test_all_tags_pass {
	count(deny_required_tags) == 0 with input.resource_changes as [bucket({"owner": "a", "team": "b"})]
}

test_missing_tags_are_named {
	deny_required_tags["aws_s3_bucket.site lacks owner, team"] with input.resource_changes as [bucket({})]
}

test_sandbox_is_exempt {
	exception[["required_tags"]] with input.variables.environment.value as "sandbox"
}

package guard.deletion_test

import data.guard.deletion

change(kind, actions) := {
	"address": sprintf("%s.site", [kind]),
	"mode": "managed",
	"type": kind,
	"change": {"actions": actions},
}

messages(change) := {message.msg | some message in found} if {
	found := deletion.violation_deletion with input.resource_changes as [change]
}

test_deletion if messages(change("aws_s3_bucket", ["delete"])) == {"aws_s3_bucket.site holds data and is deleted"}

test_replacement if {
	every actions in [["delete", "create"], ["create", "delete"]] {
		messages(change("aws_kms_key", actions)) == {"aws_kms_key.site holds data and is replaced"}
	}
}

test_reason if {
	replaced := object.union(
		change("aws_s3_bucket", ["delete", "create"]),
		{"action_reason": "replace_because_cannot_update"},
	)
	messages(replaced) == {"aws_s3_bucket.site holds data and is replaced: replace because cannot update"}
}

test_update_passes if count(messages(change("aws_s3_bucket", ["update"]))) == 0

test_stateless_passes if count(messages(change("aws_instance", ["delete"]))) == 0

test_forgotten if {
	deletion.warn_forgotten == {"aws_s3_bucket.site is forgotten and stays"} with input.resource_changes as [change("aws_s3_bucket", ["forget"])]
}

test_exception if deletion.exception[["deletion"]] with input.variables.allow_deletion.value as "true"

# METADATA
# title: Nothing that holds data is deleted
# description: >-
#   A plan that deletes or replaces a resource that holds data is stopped. `terraform plan -var allow_deletion=true` lets it
#   through, and the exception is counted.
package guard.deletion

stateful := {
	"aws_db_instance",
	"aws_dynamodb_table",
	"aws_efs_file_system",
	"aws_kms_key",
	"aws_rds_cluster",
	"aws_s3_bucket",
}

violation_deletion contains {"msg": msg, "address": change.address, "actions": change.change.actions} if {
	some change in input.resource_changes
	change.mode == "managed"
	change.type in stateful
	"delete" in change.change.actions
	msg := sprintf("%s holds data and is %s%s", [change.address, verb(change.change.actions), because(change)])
}

# A resource that the configuration forgets stays where it is, and nobody looks after it any more.
warn_forgotten contains msg if {
	some change in input.resource_changes
	change.type in stateful
	change.change.actions == ["forget"]
	msg := sprintf("%s is forgotten and stays", [change.address])
}

verb(["delete"]) := "deleted"

verb(actions) := "replaced" if "create" in actions

because(change) := sprintf(": %s", [replace(change.action_reason, "_", " ")])

because(change) := "" if not change.action_reason

exception contains ["deletion"] if input.variables.allow_deletion.value in {true, "true"}

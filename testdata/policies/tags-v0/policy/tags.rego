# The example `tags`, in the Rego of before OPA 1.0 and with its lists in the policy.
package main

required := ["owner", "team"]

types := {"aws_s3_bucket", "aws_sqs_queue", "aws_instance"}

deny_required_tags[msg] {
	change := input.resource_changes[_]
	types[change.type]
	made(change)
	missing := sort([tag | tag := required[_]; not has(change, tag)])
	count(missing) > 0
	msg := sprintf("%s lacks %s", [change.address, concat(", ", missing)])
}

made(change) {
	change.change.actions[_] == "create"
}

made(change) {
	change.change.actions[_] == "update"
}

has(change, tag) {
	change.change.after.tags[tag] != ""
}

has(change, tag) {
	change.change.after_unknown.tags[tag] == true
}

has(change, _) {
	change.change.after_unknown.tags == true
}

exception[rules] {
	input.variables.environment.value == "sandbox"
	rules := ["required_tags"]
}

# METADATA
# title: Required tags
# description: Buckets, queues and instances that a plan makes or changes carry the tags in data/tags.json.
package main

deny_required_tags contains {"msg": msg, "address": change.address, "missing": missing} if {
	some change in input.resource_changes
	change.type in data.tags.types
	some action in change.change.actions
	action in {"create", "update"}
	not change.address in data.tags.without
	missing := sort([tag |
		some tag in data.tags.required
		not has(change, tag)
	])
	count(missing) > 0
	msg := sprintf("%s lacks %s", [change.address, concat(", ", missing)])
}

# What is only known after apply may still be there.
has(change, tag) if change.change.after.tags[tag] != ""

has(change, tag) if change.change.after_unknown.tags[tag] == true

has(change, _) if change.change.after_unknown.tags == true

# A sandbox needs no tags: `terraform plan -var environment=sandbox`.
exception contains ["required_tags"] if input.variables.environment.value == "sandbox"

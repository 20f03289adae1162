# METADATA
# title: What a plan may cost
# description: Instances are of the types in data/limits.yaml, and a plan makes no more of them than it says.
package main

import data.lib.changes

deny_instance_type contains msg if {
	some change in changes.made("aws_instance")
	kind := change.change.after.instance_type
	not kind in data.limits.instances.types
	msg := sprintf("%s is of the type %s; allowed are %s", [
		change.address,
		kind,
		concat(", ", data.limits.instances.types),
	])
}

# A type that is known after apply only is nothing to pass over.
warn_instance_type contains msg if {
	some change in changes.made("aws_instance")
	not change.change.after.instance_type
	msg := sprintf("the type of %s is known after apply", [change.address])
}

deny_instance_count contains msg if {
	made := count([change |
		some change in changes.made("aws_instance")
		change.change.actions == ["create"]
	])
	made > data.limits.instances.per_plan
	msg := sprintf("the plan makes %d instances, and %d at once are allowed", [made, data.limits.instances.per_plan])
}

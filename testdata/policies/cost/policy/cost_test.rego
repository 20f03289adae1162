package main_test

import data.main

limits := {"instances": {"types": ["t3.micro", "t3.small"], "per_plan": 2}}

instance(name, after) := {
	"address": sprintf("aws_instance.%s", [name]),
	"mode": "managed",
	"type": "aws_instance",
	"change": {"actions": ["create"], "after": after},
}

test_allowed_type_passes if {
	count(main.deny_instance_type) == 0 with input.resource_changes as [instance("a", {"instance_type": "t3.micro"})]
		with data.limits as limits
}

test_other_type_is_denied if {
	main.deny_instance_type == {"aws_instance.a is of the type m5.large; allowed are t3.micro, t3.small"} with input.resource_changes as [instance("a", {"instance_type": "m5.large"})]
		with data.limits as limits
}

test_unknown_type_is_a_warning if {
	main.warn_instance_type == {"the type of aws_instance.a is known after apply"} with input.resource_changes as [instance("a", {})]
		with data.limits as limits
}

test_many_at_once_are_denied if {
	main.deny_instance_count == {"the plan makes 3 instances, and 2 at once are allowed"} with input.resource_changes as [instance(name, {"instance_type": "t3.micro"}) | some name in ["a", "b", "c"]]
		with data.limits as limits
}

test_deleted_instances_count_for_nothing if {
	count(main.deny_instance_count) == 0 with input.resource_changes as [object.union(instance(name, null), {"change": {"actions": ["delete"]}}) | some name in ["a", "b", "c"]]
		with data.limits as limits
}

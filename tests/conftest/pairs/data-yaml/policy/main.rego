package main

deny contains sprintf("%s is not among %v", [change.change.after.instance_type, data.allowed.types]) if {
	some change in input.resource_changes
	change.type == "aws_instance"
	not change.change.after.instance_type in data.allowed.types
}

package main

deny contains msg if {
	some change in input.resource_changes
	change.type == "aws_instance"
	msg := sprintf("%s is of the type %s", [change.address, change.change.after.instance_type])
}

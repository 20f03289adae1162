package main

deny[msg] {
	change := input.resource_changes[_]
	change.type == "aws_instance"
	not allowed[change.change.after.instance_type]
	msg := sprintf("%s is of the type %s", [change.address, change.change.after.instance_type])
}

allowed = {"t3.micro", "t3.small"}

package main

violation contains {"msg": msg} if {
	some change in input.resource_changes
	change.type == "aws_instance"
	change.change.after.instance_type == "m5.large"
	msg := sprintf("%s is too large", [change.address])
}

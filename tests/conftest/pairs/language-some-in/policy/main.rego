package main

deny contains sprintf("%s=%s", [key, value]) if {
	some change in input.resource_changes
	some key, value in change.change.after.tags
	change.type == "aws_instance"
}

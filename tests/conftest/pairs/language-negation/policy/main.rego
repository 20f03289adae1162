package main

deny contains change.address if {
	some change in input.resource_changes
	change.type == "aws_instance"
	not change.change.after.tags.service
}

warn contains "nothing of the kind" if not input.nowhere.at_all

package main

default size(_) := "unknown"

size(kind) := "small" if endswith(kind, ".micro")

warn contains sprintf("%s: %s", [change.address, size(change.change.after.instance_type)]) if {
	some change in input.resource_changes
	change.type == "aws_instance"
}

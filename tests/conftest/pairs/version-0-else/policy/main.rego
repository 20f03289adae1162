package main

default size = "unknown"

size = "large" {
	input.resource_changes[_].change.after.instance_type == "m5.large"
} else = "small" {
	input.resource_changes
}

level(change) = "high" {
	change.type == "aws_s3_bucket"
}

warn[msg] {
	msg := sprintf("%s, %s", [size, level(input.resource_changes[_])])
}

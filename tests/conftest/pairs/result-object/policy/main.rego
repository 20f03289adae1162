package main

deny[change.address] := "must not be" if {
	some change in input.resource_changes
	change.type == "aws_sqs_queue"
}

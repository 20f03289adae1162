package main

warn contains "there are queues" if {
	some change in input.resource_changes
	change.type == "aws_sqs_queue"
}

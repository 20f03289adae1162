package main

deny := [msg |
	some change in input.resource_changes
	change.type == "aws_sqs_queue"
	msg := change.address
]

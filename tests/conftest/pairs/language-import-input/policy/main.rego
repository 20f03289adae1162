package main

import input as tfplan

deny contains resource.address if {
	some resource in tfplan.resource_changes
	resource.type == "aws_sqs_queue"
}

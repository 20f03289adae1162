package main

import future.keywords.contains
import future.keywords.every
import future.keywords.if
import future.keywords.in

deny contains msg if {
	some change in input.resource_changes
	change.type == "aws_sqs_queue"
	every action in change.change.actions { action == "create" }
	msg := change.address
}

# METADATA
# title: Queues
# description: There are to be none.
# authors:
#   - platform
package main

# METADATA
# title: No queues
# custom:
#   anything: [1, 2]
deny contains change.address if {
	some change in input.resource_changes
	change.type == "aws_sqs_queue"
}

package main

import future.keywords.contains
import future.keywords.if
import future.keywords.in

deny contains "told" if "aws_sqs_queue" in {change.type | some change in input.resource_changes}

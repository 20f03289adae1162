package main

import rego.v1

deny contains "told" if "aws_sqs_queue" in {change.type | some change in input.resource_changes}

package main

deny contains sprintf("the ARN of %s is known after apply", [change.address]) if {
	some change in input.resource_changes
	not change.change.after.arn
	change.change.after_unknown.arn
	change.type == "aws_s3_bucket"
}

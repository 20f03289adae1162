package main

deny[msg] {
	type = input.resource_changes[i].type
	type = "aws_s3_bucket"
	input.resource_changes[i].mode = "managed"
	msg = sprintf("%d", [i])
}

# METADATA
# scope: package
# title: Objects under a KMS key stay unreadable after the default is SSE-S3 again
# description: |
#   The default encryption of a bucket holds for what is written from now on. Going back from
#   SSE-KMS to SSE-S3 mends new uploads, but objects that were written in between keep their KMS
#   encryption. CloudFront cannot read those as an origin access identity (OAI), the older way to
#   read a private bucket, nor unsigned, until they are written again.
# related_resources:
#   - ref: https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-bucket-encryption.html
#     description: What the default encryption of a bucket applies to
#   - ref: https://docs.aws.amazon.com/AmazonS3/latest/userguide/update-sse-encryption.html
#     description: Change the encryption of objects in place
#   - ref: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket_server_side_encryption_configuration
#     description: "Terraform: aws_s3_bucket_server_side_encryption_configuration"
# custom:
#   id: kms-objects-remain
#   levels: [note]
#   compares: change
#   needs: [old-kms]
#   fires: |
#     CloudFront reads a bucket as an OAI or unsigned, before and after, and the plan takes its
#     default from SSE-KMS or DSSE-KMS back to SSE-S3.
#   breaks: |
#     Nothing more than is broken today: S3 goes on answering reads of what was written under KMS
#     with an error.
#   remediation: |
#     After the apply, copy the objects that were written under KMS in place, so that they get
#     SSE-S3; or move the origin to an origin access control (OAC), which can read both.
#   example: |
#     resource "aws_s3_bucket_server_side_encryption_configuration" "site" {
#       bucket = aws_s3_bucket.site.id
#
#       rule {
#         apply_server_side_encryption_by_default {
#           sse_algorithm = "AES256"
#         }
#       }
#     }
#
#     # Then, for what was written under KMS, outside Terraform:
#     #   aws s3 cp s3://BUCKET/ s3://BUCKET/ --recursive --sse AES256
#   since: 0.1.0
package oacguard.kms_objects_remain

import data.oacguard.lib.faults
import data.oacguard.lib.paths
import data.oacguard.lib.words

finding contains paths.report(path, "after", {
	"subject": paths.bucket(w),
	"message": sprintf("Objects written under KMS may stay behind: CloudFront reads %s, %s, %s.", [
		words.origin(path),
		words.bucket(w),
		words.way(w),
	]),
	"why": concat("", [
		sprintf("The default is SSE-S3 again in %s, which holds for new objects. ", [
			words.encryption_place(w),
		]),
		"Objects keep the encryption they were written with, and what a KMS key encrypts ",
		"cannot be read this way.",
		words.masked(w),
	]),
	"fix": sprintf("After the apply, copy the objects in %s that KMS encrypts in place (`%s`).", [
		words.bucket(w),
		words.copy_command(w),
	]),
	"evidence": array.concat(w.evidence.access, w.evidence.encryption),
}) if {
	some path in input.paths
	w := path.after
	faults.remaining(path)
}

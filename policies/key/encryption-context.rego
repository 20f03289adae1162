# METADATA
# scope: package
# title: A condition on the encryption context must fit S3 Bucket Keys
# description: |
#   S3 passes KMS an encryption context: the ARN of the object, or that of the bucket where an S3
#   Bucket Key is on. A grant under a condition on `kms:EncryptionContext:aws:s3:arn` that names
#   objects does not match any more when bucket keys are turned on.
# related_resources:
#   - ref: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
#     description: S3 Bucket Keys and the encryption context
# custom:
#   id: encryption-context
#   levels: [warning]
#   compares: world
#   needs: [key-context]
#   fires: |
#     S3 Bucket Keys are on, and the only statement of the key policy that would let CloudFront
#     decrypt has a condition on `kms:EncryptionContext:aws:s3:arn` that the ARN of an object meets
#     and that of the bucket does not.
#   breaks: |
#     S3 answers reads of objects that were written with a bucket key with 403 `AccessDenied`.
#   remediation: |
#     Let the condition name the bucket's ARN as well (`arn:aws:s3:::BUCKET` beside
#     `arn:aws:s3:::BUCKET/*`), or leave it out.
#   example: |
#     data "aws_iam_policy_document" "key" {
#       statement {
#         sid       = "CloudFront"
#         actions   = ["kms:Decrypt"]
#         resources = ["*"]
#
#         principals {
#           type        = "Service"
#           identifiers = ["cloudfront.amazonaws.com"]
#         }
#
#         condition {
#           test     = "StringEquals"
#           variable = "AWS:SourceArn"
#           values   = [aws_cloudfront_distribution.site.arn]
#         }
#
#         condition {
#           test     = "StringLike"
#           variable = "kms:EncryptionContext:aws:s3:arn"
#           values   = [aws_s3_bucket.site.arn, "${aws_s3_bucket.site.arn}/*"]
#         }
#       }
#     }
#   since: 0.1.0
package oacguard.encryption_context

import data.oacguard.lib.keys
import data.oacguard.lib.paths
import data.oacguard.lib.words

finding contains paths.report(path, site.world, {
	"when": "next-write",
	"subject": words.place(w.key_context),
	"message": concat("", [
		sprintf("CloudFront reads %s, %s, with an OAC, ", [words.origin(path), words.bucket(w)]),
		sprintf("but %s%s ", [words.statement(w.key_context), words.in_policy(w.key_context)]),
		"grants it only for the encryption context of an object, ",
		"and with an S3 Bucket Key that is the bucket.",
	]),
	"why": concat("", [
		"With a bucket key S3 gives KMS the ARN of the bucket as `aws:s3:arn`, so the condition on ",
		"`kms:EncryptionContext:aws:s3:arn` is not met, and KMS refuses to decrypt.",
		words.masked(w),
	]),
	"fix": sprintf("Let the condition in %s%s name the ARN of %s itself beside that of its objects.", [
		words.statement(w.key_context),
		words.in_policy(w.key_context),
		words.bucket(w),
	]),
	"evidence": array.concat(w.evidence.encryption, w.evidence.grants),
}) if {
	some site in paths.sites
	path := input.paths[site.path]
	w := path[site.world]
	keys.in_context(w)
}

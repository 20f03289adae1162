# METADATA
# scope: package
# title: Writing through CloudFront takes kms:GenerateDataKey
# description: |
#   Where viewers may write (`PUT`, `POST`) and the bucket policy lets CloudFront put objects, S3
#   has to make a data key for each of them. A key policy that allows `kms:Decrypt` only lets
#   viewers read and fails what they write.
# related_resources:
#   - ref: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
#     description: Permissions for SSE-KMS
# custom:
#   id: oac-write-grant
#   levels: [note]
#   compares: world
#   needs: [writes]
#   fires: |
#     A behaviour allows `PUT`, `POST` or `PATCH`, the bucket policy lets CloudFront put objects,
#     the default encryption is SSE-KMS, and the key policy does not let CloudFront use
#     `kms:GenerateDataKey`.
#   remediation: |
#     Allow `kms:GenerateDataKey*` beside `kms:Decrypt` in the key policy, or take writing methods
#     out of `allowed_methods`.
#   example: |
#     data "aws_iam_policy_document" "key" {
#       statement {
#         sid       = "CloudFront"
#         actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
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
#       }
#     }
#   since: 0.1.0
package oacguard.oac_write_grant

import data.oacguard.lib.paths
import data.oacguard.lib.words

finding contains paths.report(path, site.world, {
	"subject": paths.key(w),
	"message": concat("", [
		sprintf("Viewers may write through %s, and the policy of %s lets CloudFront put objects, ", [
			words.origin(path),
			words.bucket(w),
		]),
		sprintf("but that of %s does not let it encrypt them: %s.", [
			words.key(w),
			w.writes.key_grant.known.reason,
		]),
	]),
	"why": "Reads work; each write gets 403 AccessDenied.",
	"fix": concat("", [
		"Allow `kms:GenerateDataKey*` beside `kms:Decrypt` ",
		sprintf("in the policy of %s, ", [words.key(w)]),
		"or take `PUT`, `POST` and `PATCH` out of `allowed_methods`.",
	]),
	"evidence": w.evidence.grants,
}) if {
	some site in paths.sites
	path := input.paths[site.path]
	w := path[site.world]
	w.writes.bucket_grant.known.result == "allowed"
	w.writes.key_grant.known.result in {"denied", "not-granted"}
}

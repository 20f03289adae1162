# METADATA
# scope: package
# title: A key policy cannot let an OAI decrypt
# description: |
#   An origin access identity (OAI) is the older way for CloudFront to read a private bucket, and
#   KMS does not know it. A statement of a key policy that names one has no effect. It is often
#   there because somebody tried to make an OAI and SSE-KMS work together, which nothing can, and
#   the next reader takes it for proof that they do.
# related_resources:
#   - ref: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
#     description: What an OAI does not support
#   - ref: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/kms_key_policy
#     description: "Terraform: aws_kms_key_policy"
# custom:
#   id: useless-oai-key-grant
#   levels: [note]
#   compares: world
#   needs: [useless-key-grants]
#   fires: |
#     The policy of the key that an origin's bucket has as its default names an OAI in a statement
#     that allows something.
#   remediation: |
#     Remove the OAI from the key policy. To serve objects under the key, let CloudFront read with
#     an origin access control (OAC), and grant `kms:Decrypt` to `cloudfront.amazonaws.com`.
#   example: |
#     data "aws_caller_identity" "current" {}
#
#     data "aws_iam_policy_document" "key" {
#       statement {
#         sid       = "Account"
#         actions   = ["kms:*"]
#         resources = ["*"]
#
#         principals {
#           type        = "AWS"
#           identifiers = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"]
#         }
#       }
#
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
#       }
#     }
#
#     resource "aws_kms_key_policy" "site" {
#       key_id = aws_kms_key.site.key_id
#       policy = data.aws_iam_policy_document.key.json
#     }
#   since: 0.1.0
package oacguard.useless_oai_key_grant

import data.oacguard.lib.paths
import data.oacguard.lib.statements
import data.oacguard.lib.words

finding contains paths.report(path, site.world, {
	"subject": words.place(grant),
	"message": sprintf("The policy of %s names an OAI in %s%s, which has no effect.", [
		words.key(w),
		words.statement(grant),
		words.in_policy(grant),
	]),
	"why": concat("", [
		"An OAI cannot use a KMS key, whatever the key policy says. ",
		"The statement looks as if it could.",
	]),
	"fix": concat("\n", [
		sprintf("Take the OAI out of it. Once an OAC reads %s, the key needs this:", [
			words.origin(path),
		]),
		statements.decrypt(path, w),
	]),
	"evidence": array.concat(w.evidence.key, w.evidence.grants),
}) if {
	some site in paths.sites
	path := input.paths[site.path]
	w := path[site.world]
	some grant in w.useless_key_grants
}

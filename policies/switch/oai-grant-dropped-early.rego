# METADATA
# scope: package
# title: The grant of the origin access identity must outlast the switch
# description: |
#   An origin that moves from an origin access identity (OAI) to an origin access control (OAC) does
#   so server by server: while CloudFront deploys the change, some of its servers still read as the
#   OAI. The OAI's grant has to stay until the distribution is deployed. Terraform knows no order
#   between the two but what the policy refers to, and none that holds when the apply stops half-way
#   or the switch is taken back.
# related_resources:
#   - ref: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
#     description: Migrate from an OAI to an OAC
#   - ref: https://developer.hashicorp.com/terraform/internals/graph
#     description: In which order Terraform applies what refers to each other
#   - ref: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket_policy
#     description: "Terraform: aws_s3_bucket_policy"
# custom:
#   id: oai-grant-dropped-early
#   levels: [warning]
#   compares: change
#   needs: [switch]
#   fires: |
#     The plan switches an origin from an OAI that may read the bucket to an OAC, and the planned
#     bucket policy does not let the OAI read any more.
#   breaks: |
#     S3 answers with 403 `AccessDenied` what servers still ask as the OAI.
#   remediation: |
#     Keep the statement for the OAI in the bucket policy during the switch, and remove it with the
#     OAI itself once the distribution is deployed.
#   example: |
#     # The apply of the switch. The statement for the OAI goes in the next one.
#     data "aws_iam_policy_document" "bucket" {
#       statement {
#         sid       = "OriginAccessIdentity"
#         actions   = ["s3:GetObject"]
#         resources = ["${aws_s3_bucket.site.arn}/*"]
#
#         principals {
#           type        = "AWS"
#           identifiers = [aws_cloudfront_origin_access_identity.site.iam_arn]
#         }
#       }
#
#       statement {
#         sid       = "CloudFront"
#         actions   = ["s3:GetObject"]
#         resources = ["${aws_s3_bucket.site.arn}/*"]
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
#     resource "aws_s3_bucket_policy" "site" {
#       bucket = aws_s3_bucket.site.id
#       policy = data.aws_iam_policy_document.bucket.json
#     }
#   since: 0.1.0
package oacguard.oai_grant_dropped_early

import data.oacguard.lib.paths
import data.oacguard.lib.reach
import data.oacguard.lib.switches
import data.oacguard.lib.words

finding contains paths.report(path, "after", {
	"when": "rollout",
	"subject": paths.bucket(w),
	"message": sprintf(
		"CloudFront switches %s to %s in the apply that takes %s out of the policy of %s.",
		[words.origin(path), _new(path), _old(path), words.bucket(w)],
	),
	"why": concat("", [
		"CloudFront reads as it did until the change is deployed everywhere. The grant outlasts that ",
		"only if the bucket policy refers to the distribution, so that Terraform changes it later, ",
		"and `wait_for_deployment` is on; an apply that stops half-way, or the way back, finds no grant.",
		words.masked(w),
	]),
	"fix": concat("", [
		sprintf("Keep the statement for %s in the bucket policy for now, beside that for %s, ", [
			_old(path),
			_new(path),
		]),
		sprintf("and remove it in a later apply, when `%s` is deployed.", [path.distribution]),
	]),
	"evidence": array.concat(path.before.evidence.access, w.evidence.grants),
}) if {
	some path in input.paths
	w := path.after
	switches.exchanges(path)
	reach.refuses(path.change.grant_after)
	not reach.refused(w)
}

_old(path) := "the OAC" if {
	path.before.access.known == "oac"
} else := sprintf("the OAI %s", [words.label(path.before.oai)]) if {
	path.before.oai != null
} else := "the OAI"

_new(path) := "an OAC" if {
	path.after.access.known == "oac"
} else := "another OAI" if {
	path.before.access.known == "oai"
} else := "an OAI"

# METADATA
# scope: package
# title: The grant for the origin access control must be there before the switch
# description: |
#   An origin access identity (OAI) and an origin access control (OAC) are different principals to
#   S3, so an origin that moves from one to the other needs a new statement in the bucket policy.
#   That statement names the distribution, so Terraform changes the distribution first, waits until
#   CloudFront has deployed it, and writes the policy last. Where both come in one apply, requests
#   fail in between, for minutes.
# related_resources:
#   - ref: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
#     description: Migrate from an OAI to an OAC
#   - ref: https://developer.hashicorp.com/terraform/internals/graph
#     description: In which order Terraform applies what refers to each other
#   - ref: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket_policy
#     description: "Terraform: aws_s3_bucket_policy"
# custom:
#   id: oac-grant-after-switch
#   levels: [warning]
#   compares: change
#   needs: [switch and oac]
#   fires: |
#     The plan switches an origin that could be read until now to an OAC, and the bucket policy of
#     today does not let that distribution read yet, while the planned one does not refuse it.
#   breaks: |
#     S3 answers with 403 `AccessDenied` what the cache does not hold, until the policy is written.
#   remediation: |
#     Apply the grant first, beside the one that is in use, and switch the origin in a second apply.
#     The ARN of the distribution is known already.
#   example: |
#     # The first apply, with the origin still as it is:
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
package oacguard.oac_grant_after_switch

import data.oacguard.lib.paths
import data.oacguard.lib.reach
import data.oacguard.lib.statements
import data.oacguard.lib.switches
import data.oacguard.lib.words

finding contains paths.report(path, "after", {
	"when": "rollout",
	"subject": paths.bucket(w),
	"message": concat("", [
		sprintf("CloudFront switches %s to an OAC in the same apply that first lets it read %s: ", [
			words.origin(path),
			words.bucket(w),
		]),
		sprintf("today %s.", [path.change.grant_before.known.reason]),
	]),
	"why": concat("", [
		"Terraform changes a distribution before a bucket policy that refers to it, and waits for ",
		"CloudFront in between; one that does not refer to it is changed at the same time. ",
		"Until the policy is there, viewers get 403 AccessDenied for what is not cached.",
		words.masked(w),
	]),
	"fix": concat("\n", [
		concat("", [
			"Apply this statement first, beside those in the bucket policy of today, ",
			sprintf("and switch origin `%s` of `%s` in a second apply:", [
				path.origin,
				path.distribution,
			]),
		]),
		statements.read(path, w),
	]),
	"evidence": array.concat(w.evidence.access, w.evidence.grants),
}) if {
	some path in input.paths
	w := path.after
	switches.to_oac(path)
	reach.refuses(path.change.grant_before)
	not reach.refused(w)
}

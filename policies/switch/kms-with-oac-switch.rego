# METADATA
# scope: package
# title: Encryption and origin access should not change in one apply
# description: |
#   Only with an origin access control (OAC) can CloudFront read what a KMS key encrypts. While it
#   deploys the switch to one, some of its servers still read as before, and cannot read what is
#   already written under SSE-KMS. The encryption does not refer to the distribution, so Terraform
#   may well turn it on first.
# related_resources:
#   - ref: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
#     description: Migrate from an OAI to an OAC
#   - ref: https://developer.hashicorp.com/terraform/internals/graph
#     description: In which order Terraform applies what refers to each other
#   - ref: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket_server_side_encryption_configuration
#     description: "Terraform: aws_s3_bucket_server_side_encryption_configuration"
# custom:
#   id: kms-with-oac-switch
#   levels: [warning]
#   compares: change
#   needs: [switch and oac and kms]
#   fires: |
#     One plan switches an origin to an OAC and takes the default of its bucket from SSE-S3 to
#     SSE-KMS or DSSE-KMS, and the result is sound.
#   breaks: |
#     What is uploaded during the apply cannot be read until the distribution is deployed.
#   remediation: |
#     Switch the origin first, wait until the distribution is deployed, and turn SSE-KMS on in an
#     apply of its own.
#   example: |
#     # The apply of the switch; `aws:kms` comes in the next one.
#     resource "aws_cloudfront_distribution" "site" {
#       # the rest of the distribution as it is
#       origin {
#         origin_id                = "site"
#         domain_name              = aws_s3_bucket.site.bucket_regional_domain_name
#         origin_access_control_id = aws_cloudfront_origin_access_control.site.id
#       }
#     }
#
#     resource "aws_s3_bucket_server_side_encryption_configuration" "site" {
#       bucket = aws_s3_bucket.site.id
#
#       rule {
#         apply_server_side_encryption_by_default {
#           sse_algorithm = "AES256"
#         }
#       }
#     }
#   since: 0.1.0
package oacguard.kms_with_oac_switch

import data.oacguard.lib.faults
import data.oacguard.lib.paths
import data.oacguard.lib.switches
import data.oacguard.lib.words

finding contains paths.report(path, "after", {
	"when": "rollout",
	"subject": paths.bucket(w),
	"message": sprintf("CloudFront switches %s to an OAC in the apply that turns %s on for %s.", [
		words.origin(path),
		words.algorithm(w),
		words.bucket(w),
	]),
	"why": concat("", [
		"Terraform puts the two in order only where one refers to the other, as a key policy does that ",
		"names the distribution. An object that is written under KMS while CloudFront still reads ",
		"without the OAC somewhere cannot be read there.",
		words.masked(w),
	]),
	"fix": concat("", [
		sprintf("Leave %s as it is in this apply; ", [words.encryption_place(w)]),
		sprintf("turn %s on in the next one, when `%s` is deployed.", [
			words.algorithm(w),
			path.distribution,
		]),
	]),
	"evidence": array.concat(w.evidence.access, w.evidence.encryption),
}) if {
	some path in input.paths
	w := path.after
	switches.to_oac(path)
	path.before.encryption.known.algorithm == "sse-s3"
	faults.kms(w)
	not faults.failing(path, "after")
}

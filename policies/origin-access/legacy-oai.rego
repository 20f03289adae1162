# METADATA
# scope: package
# title: An origin access identity works only as long as nothing uses KMS
# description: |
#   CloudFront has two ways to read a private bucket: an origin access identity (OAI), which it
#   keeps for what already uses one, and an origin access control (OAC), which does the same and
#   more. An OAI works as long as nothing in the bucket is under a KMS key. It breaks on the day
#   somebody turns SSE-KMS on, in whatever plan or by hand, and does not work at all in newer
#   Regions.
# related_resources:
#   - ref: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
#     description: Migrate from an OAI to an OAC
#   - ref: https://docs.aws.amazon.com/securityhub/latest/userguide/cloudfront-controls.html
#     description: Security Hub control CloudFront.13
#   - ref: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudfront_origin_access_control
#     description: "Terraform: aws_cloudfront_origin_access_control"
# custom:
#   id: legacy-oai
#   levels: [note]
#   compares: world
#   needs: [oai]
#   fires: |
#     CloudFront reads a bucket as an OAI, its encryption is known and not SSE-KMS or DSSE-KMS, and
#     no error was found on the way from one to the other.
#   remediation: |
#     Migrate to an OAC in steps: let the bucket policy admit both, switch the origin, and remove
#     the OAI and its grant when the distribution is deployed.
#   example: |
#     resource "aws_cloudfront_origin_access_control" "site" {
#       name                              = "site"
#       origin_access_control_origin_type = "s3"
#       signing_behavior                  = "always"
#       signing_protocol                  = "sigv4"
#     }
#
#     # First let the bucket policy admit it (see `oac-grant-after-switch`), then:
#     resource "aws_cloudfront_distribution" "site" {
#       # the rest of the distribution as it is
#       origin {
#         origin_id                = "site"
#         domain_name              = aws_s3_bucket.site.bucket_regional_domain_name
#         origin_access_control_id = aws_cloudfront_origin_access_control.site.id
#       }
#     }
#   since: 0.1.0
package oacguard.legacy_oai

import data.oacguard.lib.faults
import data.oacguard.lib.paths
import data.oacguard.lib.switches
import data.oacguard.lib.words

finding contains paths.report(path, site.world, {
	"message": sprintf("CloudFront reads %s as an OAI: this works only while %s does without KMS.", [
		words.origin(path),
		words.bucket(w),
	]),
	"why": concat("", [
		"An OAI cannot read what a KMS key encrypts. Turning SSE-KMS on, in any plan or by hand, ",
		"breaks the site from the next upload on. AWS recommends an OAC.",
	]),
	"fix": words.steps(words.to_oac(path, w)),
	"evidence": w.evidence.access,
}) if {
	some site in paths.sites
	path := input.paths[site.path]
	w := path[site.world]
	w.access.known == "oai"
	w.encryption.known
	not faults.kms(w)
	not faults.failing(path, site.world)
	not _severed(path, site.world)
}

# The apply fails, which is said elsewhere.
_severed(path, world) if {
	world == "after"
	switches.severed(path, path.before.oai)
}

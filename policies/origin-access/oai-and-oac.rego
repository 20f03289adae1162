# METADATA
# scope: package
# title: One origin cannot have an OAI and an OAC
# description: |
#   An origin access identity (OAI) and an origin access control (OAC) are the older and the newer
#   way for CloudFront to read a private bucket, and an origin can have one of them. Terraform plans
#   an origin with both without a word, but CloudFront rejects it when the plan is applied. Whatever
#   else the plan changes may be applied by then, such as the encryption that was to follow the
#   switch.
# related_resources:
#   - ref: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
#     description: Migrate from an OAI to an OAC
#   - ref: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_S3OriginConfig.html
#     description: The OAI of an origin with an OAC must be empty
#   - ref: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudfront_distribution
#     description: "Terraform: aws_cloudfront_distribution"
# custom:
#   id: oai-and-oac
#   levels: [error]
#   compares: world
#   needs: [oai and oac]
#   fires: |
#     One origin has an `origin_access_control_id` and, in `s3_origin_config`, an
#     `origin_access_identity` that is not empty. An empty one beside an OAC is fine.
#   breaks: |
#     The apply fails with "Cannot use both Origin Access Control and Origin Access Identity on an
#     origin".
#   remediation: |
#     Keep one of them. To migrate, let the bucket policy admit both, then replace the OAI by the
#     OAC in one change of the origin, and remove the OAI and its grant when the distribution is
#     deployed.
#   example: |
#     resource "aws_cloudfront_distribution" "site" {
#       # the rest of the distribution as it is
#       origin {
#         origin_id                = "site"
#         domain_name              = aws_s3_bucket.site.bucket_regional_domain_name
#         origin_access_control_id = aws_cloudfront_origin_access_control.site.id
#
#         # or no s3_origin_config at all
#         s3_origin_config {
#           origin_access_identity = ""
#         }
#       }
#     }
#   since: 0.1.0
package oacguard.oai_and_oac

import data.oacguard.lib.faults
import data.oacguard.lib.paths
import data.oacguard.lib.words

finding contains paths.report(path, site.world, {
	"when": "apply-error",
	"subject": w.oac.label,
	"message": sprintf("CloudFront rejects %s: it has both the OAI %s and the OAC %s.", [
		words.origin(path),
		words.label(w.oai),
		words.label(w.oac),
	]),
	"why": concat("", [
		"The apply fails with \"Cannot use both Origin Access Control and Origin Access Identity on ",
		"an origin\", and what does not depend on the distribution is applied all the same.",
	]),
	"fix": words.steps([
		sprintf("%s, beside what the OAI is granted; apply that first.", [words.grant_oac(path, w)]),
		concat(" ", [
			sprintf("On %s, keep `origin_access_control_id`", [words.origin(path)]),
			"and empty `s3_origin_config.origin_access_identity`; apply.",
		]),
		sprintf("Once that is deployed, remove the OAI %s and its grant.", [words.label(w.oai)]),
	]),
	"evidence": w.evidence.access,
}) if {
	some site in paths.sites
	path := input.paths[site.path]
	w := path[site.world]
	faults.doubled(w)
}

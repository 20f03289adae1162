# METADATA
# scope: package
# title: One origin cannot have an OAI and an OAC
# description: |
#   Terraform plans an origin with both an origin access identity and an origin access control
#   without a word, but CloudFront rejects it when the plan is applied. Whatever else the plan
#   changes may be applied by then, such as the encryption that was to follow the switch. An empty
#   `origin_access_identity` beside an OAC is fine.
# related_resources:
#   - ref: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
#     description: Restrict access to an Amazon S3 origin
#   - ref: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_S3OriginConfig.html
#     description: The OAI of an origin with an OAC must be empty
# custom:
#   id: oai-and-oac
#   levels: [error]
#   compares: world
#   breaks: |
#     The apply fails with "Cannot use both Origin Access Control and Origin Access Identity on an
#     origin".
#   remediation: |
#     Keep one of them. To migrate, let the bucket policy admit both, then replace the OAI by the
#     OAC in one change of the origin, and remove the OAI and its grant when the distribution is
#     deployed.
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

# METADATA
# scope: package
# title: An origin access identity works only as long as nothing uses KMS
# description: |
#   CloudFront keeps origin access identities for what already uses them. One breaks on the day the
#   bucket gets SSE-KMS, whoever turns that on, and does not work at all in newer Regions. An origin
#   access control does what an OAI does, and more.
# related_resources:
#   - ref: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
#     description: Restrict access to an Amazon S3 origin
#   - ref: https://docs.aws.amazon.com/securityhub/latest/userguide/cloudfront-controls.html
#     description: Security Hub control CloudFront.13
# custom:
#   id: legacy-oai
#   levels: [note]
#   compares: world
#   remediation: |
#     Migrate to an origin access control in steps: let the bucket policy admit both, switch the
#     origin, and remove the OAI and its grant when the distribution is deployed.
#   since: 0.1.0
package oacguard.legacy_oai

import data.oacguard.lib.faults
import data.oacguard.lib.paths
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
	faults.severed(path, path.before.oai)
}

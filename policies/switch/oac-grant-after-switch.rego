# METADATA
# scope: package
# title: The grant for the origin access control must be there before the switch
# description: |
#   A bucket policy that names a distribution refers to its ARN, so Terraform changes the
#   distribution first, waits until CloudFront has deployed it, and writes the policy last. Where
#   the grant for the origin access control comes in the same apply as the switch, requests fail in
#   between.
# related_resources:
#   - ref: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
#     description: Migrate from origin access identity to origin access control
#   - ref: https://developer.hashicorp.com/terraform/internals/graph
#     description: In which order Terraform applies what refers to each other
# custom:
#   id: oac-grant-after-switch
#   levels: [warning]
#   compares: change
#   breaks: |
#     S3 answers with 403 `AccessDenied` what the cache does not hold, until the policy is written.
#   remediation: |
#     Apply the grant first, beside the one that is in use, and switch the origin in a second apply.
#     The ARN of the distribution is known already.
#   since: 0.1.0
package oacguard.oac_grant_after_switch

import data.oacguard.lib.faults
import data.oacguard.lib.paths
import data.oacguard.lib.statements
import data.oacguard.lib.words

finding contains paths.report(path, "after", {
	"when": "rollout",
	"subject": paths.bucket(w),
	"message": concat("", [
		sprintf("CloudFront switches %s to an OAC in the apply that first lets that read %s: ", [
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
	faults.switches(path)
	faults.refuses(path.change.grant_before)
	not faults.refused(w)
}

# METADATA
# scope: package
# title: A key policy cannot let an OAI decrypt
# description: |
#   KMS never gets a request from an origin access identity, so a statement of a key policy that
#   names one has no effect. It is often there because somebody tried to make an OAI and SSE-KMS
#   work together, which nothing can.
# related_resources:
#   - ref: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
#     description: What an OAI does not support
# custom:
#   id: useless-oai-key-grant
#   levels: [note]
#   compares: world
#   remediation: |
#     Remove the OAI from the key policy. To serve objects under the key, let CloudFront read with
#     an origin access control, and grant `kms:Decrypt` to `cloudfront.amazonaws.com`.
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

# METADATA
# scope: package
# title: A staging distribution needs a grant of its own
# description: |
#   A staging distribution of a continuous deployment is a distribution with an id and an ARN of its
#   own. Policies that name the primary one only do not let it read, so the traffic that is sent
#   there to try a change fails.
# related_resources:
#   - ref: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/continuous-deployment.html
#     description: Continuous deployment with a staging distribution
# custom:
#   id: staging-not-granted
#   levels: [warning]
#   compares: world
#   needs: [staging]
#   fires: |
#     A distribution with `staging = true` reads with an OAC, and all that keeps the policy of the
#     bucket or of the key from letting it is that they name another distribution.
#   breaks: |
#     S3 answers with 403 `AccessDenied` what the staging distribution asks for.
#   remediation: |
#     Name the ARN of the staging distribution in the policies of the bucket and of the key, beside
#     that of the primary one.
#   example: |
#     data "aws_iam_policy_document" "site" {
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
#           values = [
#             aws_cloudfront_distribution.site.arn,
#             aws_cloudfront_distribution.staging.arn,
#           ]
#         }
#       }
#     }
#   since: 0.1.0
package oacguard.staging_not_granted

import data.oacguard.lib.paths
import data.oacguard.lib.reach
import data.oacguard.lib.statements
import data.oacguard.lib.words

finding contains paths.report(path, site.world, {
	"when": reach.refused_when(path, site.world),
	"subject": paths.bucket(w),
	"message": concat("", [
		sprintf("The staging distribution `%s` reads origin `%s`, ", [path.distribution, path.origin]),
		sprintf("%s, with an OAC, but %s.", [words.bucket(w), concat("; ", _reasons(w))]),
	]),
	"why": concat("", [
		"A staging distribution signs with an ARN of its own; a grant to the primary one does not cover ",
		"it. What is sent there to be tried out gets 403 AccessDenied.",
		words.masked(w),
	]),
	"fix": concat("\n", array.concat(
		["Grant it as well, beside the primary distribution:"],
		_statements(path, w),
	)),
	"evidence": array.concat(w.evidence.access, w.evidence.grants),
}) if {
	some site in paths.sites
	path := input.paths[site.path]
	w := path[site.world]
	reach.unstaged(w)
}

_reasons(w) := array.concat(
	[sprintf("in the bucket policy %s", [w.bucket_grant.known.reason]) | reach.unstaged_bucket(w)],
	[sprintf("in the key policy %s", [w.key_grant.known.reason]) | reach.unstaged_key(w)],
)

_statements(path, w) := array.concat(
	[line |
		reach.unstaged_bucket(w)
		some line in [
			sprintf("In the policy of %s:", [words.bucket(w)]),
			statements.read(path, w),
		]
	],
	[line |
		reach.unstaged_key(w)
		some line in [
			sprintf("In the policy of %s:", [words.key(w)]),
			statements.decrypt(path, w),
		]
	],
)

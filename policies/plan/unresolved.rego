# METADATA
# scope: package
# title: The plan cannot tell whether CloudFront can read the origin
# description: |
#   Something that decides whether CloudFront can read this origin is not in the plan: a value known
#   only after the apply, a resource of another state, a policy whose text is not known yet. It is
#   no proof of a fault, and no pass either.
# related_resources:
#   - ref: https://developer.hashicorp.com/terraform/internals/json-format
#     description: What a plan says of values that are not known yet
#   - ref: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
#     description: "Terraform: aws_iam_policy_document"
# custom:
#   id: unresolved
#   levels: [note, warning, error]
#   decides: |
#     `--unresolved note` (the default), `warning` or `error`, on the command line or in
#     `oacguard.toml`.
#   compares: change
#   needs: [doubt]
#   fires: |
#     On the way from an origin in use to its bucket and key, a fact is unknown that could make it
#     unreadable. There is one finding for each origin, with every such fact, why it cannot be told
#     and what would settle it.
#   remediation: |
#     Write links as plain references and policies with `data.aws_iam_policy_document`, and give the
#     plans of the other states as further arguments.
#   example: |
#     resource "aws_cloudfront_distribution" "site" {
#       # the rest of the distribution as it is
#       origin {
#         origin_id                = "site"
#         domain_name              = aws_s3_bucket.site.bucket_regional_domain_name
#         origin_access_control_id = aws_cloudfront_origin_access_control.site.id
#       }
#     }
#
#     # A document like this can be read before its ARNs are known; `jsonencode` cannot.
#     data "aws_iam_policy_document" "bucket" {
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
package oacguard.unresolved

import data.oacguard.lib.doubts
import data.oacguard.lib.faults
import data.oacguard.lib.paths
import data.oacguard.lib.words

finding contains paths.report(path, "after", {
	"message": sprintf("%s: the plan does not show %s.", [_lead(path), concat("; nor ", facts)]),
	"why": _why(path),
	"fix": _fix(_distinct(steps)),
	"evidence": _distinct([evidence | some doubt in unknown; some evidence in doubt.evidence]),
}) if {
	some path in input.paths
	path.after.used
	unknown := doubts.all(path)
	count(unknown) > 0
	facts := [sprintf("%s, because %s", [doubt.what, doubt.why]) | some doubt in unknown]
	steps := [doubt.settle | some doubt in unknown]
}

_lead(path) := sprintf("Not all about %s can be told", [words.origin(path)]) if {
	faults.failing(path, "after")
} else := sprintf("Whether CloudFront can read %s cannot be told", [words.origin(path)])

_why(path) := "Another finding says what fails; what is not shown may hide a further fault." if {
	faults.failing(path, "after")
} else := concat("", [
	"What the plan does not show decides whether viewers get the objects. ",
	"It is no proof of a fault, and no pass either.",
])

_fix(steps) := sprintf("To settle it, %s.", steps) if {
	count(steps) == 1
} else := concat("\n", array.concat(
	["To settle it:"],
	[sprintf("- %s", [step]) | some step in steps],
))

# The items without repetitions, in their order.
_distinct(items) := [item |
	some index, item in items
	not item in array.slice(items, 0, index)
]

# METADATA
# scope: package
# title: A grant to CloudFront should hold for the distributions that need it
# description: |
#   With an origin access control (OAC), every distribution of every AWS account reads as the same
#   service principal, `cloudfront.amazonaws.com`. A statement that admits it without
#   `AWS:SourceArn` or `AWS:SourceAccount` lets anyone who knows the name of the bucket put a
#   distribution of their own in front of it: a confused deputy. An action with a wildcard lets
#   CloudFront do more than read and write objects. Reads work all the same, so nothing is blocked.
# related_resources:
#   - ref: https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
#     description: The confused deputy problem
#   - ref: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
#     description: The statements that AWS recommends
#   - ref: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
#     description: "Terraform: aws_iam_policy_document"
# custom:
#   id: unscoped-cloudfront-grant
#   levels: [warning, note]
#   decides: |
#     A warning. A note where the statement is narrowed to the distributions of the own account
#     (`distribution/*`) and allows nothing more.
#   compares: world
#   needs: [wide-grants]
#   fires: |
#     On the way from an origin to its bucket and key, a statement of the bucket policy or the key
#     policy allows something to `cloudfront.amazonaws.com` (in a key policy, also to everybody),
#     and no condition narrows it to single distributions; or it allows more than reading and
#     writing, such as `s3:*` or `kms:*`.
#   remediation: |
#     Add the condition `StringEquals` on `AWS:SourceArn` with the ARN of the distribution, and
#     grant `s3:GetObject` on a bucket or `kms:Decrypt` on a key only. Where the ARN would close a
#     circle of references, `ArnLike` with `distribution/*` of the own account is a good second.
#   example: |
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
package oacguard.unscoped_cloudfront_grant

import data.oacguard.lib.paths
import data.oacguard.lib.statements
import data.oacguard.lib.words

finding contains paths.report(path, site.world, {
	"severity": _severity(grant),
	"subject": words.place(grant),
	"message": sprintf("%s%s lets %s %s.", [
		_capital(words.statement(grant)),
		words.in_policy(grant),
		_whom[grant.scope],
		_do(grant, w),
	]),
	"why": _why(grant),
	"fix": _fix(path, w, grant),
	"evidence": w.evidence.grants,
}) if {
	some site in paths.sites
	path := input.paths[site.path]
	w := path[site.world]
	some grant in w.wide_grants
}

_severity(grant) := "note" if {
	grant.scope == "account"
	count(grant.actions) == 0
} else := "warning"

_whom := {
	"anyone": "every distribution of every AWS account",
	"other-account": "every distribution of another AWS account",
	"account": "every distribution of the account",
	"narrow": "CloudFront",
}

_do(grant, w) := sprintf("do %s on %s", [_list(grant.actions), _what(grant, w)]) if {
	count(grant.actions) > 0
} else := sprintf("use %s", [words.key(w)]) if {
	grant.guards == "key"
} else := sprintf("into %s", [words.bucket(w)])

_what(grant, w) := words.key(w) if {
	grant.guards == "key"
} else := words.bucket(w)

_list(actions) := "everything but a few actions (`NotAction`)" if {
	"NotAction" in actions
} else := concat(", ", [sprintf("`%s`", [action]) | some action in actions])

_why(grant) := concat("", [
	"CloudFront signs as the same service principal for everybody. Without a condition that names ",
	"the distribution, a stranger's distribution with this bucket as its origin is let in as well.",
]) if {
	grant.scope in {"anyone", "other-account"}
} else := concat("", [
	"CloudFront reads objects and decrypts them; a wildcard covers deleting them, or changing ",
	"policies, too.",
]) if {
	count(grant.actions) > 0
} else := concat("", [
	"It is as narrow as a policy can be whose resource the distribution itself refers to. ",
	"Once the distribution is there, its ARN can take the place of the wildcard.",
])

_fix(path, w, grant) := concat("\n", [
	sprintf("Grant %s instead:", [_place(grant)]),
	_statement(path, w, grant),
])

_place(grant) := sprintf("this in `%s`", [grant.policy]) if {
	is_string(grant.policy)
} else := "this"

_statement(path, w, grant) := statements.decrypt(path, w) if {
	grant.guards == "key"
} else := statements.read_as_service(path, w)

_capital(text) := concat("", [upper(substring(text, 0, 1)), substring(text, 1, -1)])

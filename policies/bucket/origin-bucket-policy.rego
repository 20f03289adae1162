# METADATA
# scope: package
# title: The bucket policy must let this origin read
# description: |
#   CloudFront reads a bucket as somebody: with an origin access control (OAC) as the service
#   principal `cloudfront.amazonaws.com` on behalf of the distribution, with an origin access
#   identity (OAI) as that identity, else as nobody in particular. The bucket policy has to admit
#   exactly that one, for the objects that the origin serves, and must not deny it elsewhere. A
#   grant for another mechanism, another distribution or the bucket without its objects looks right
#   and admits nobody.
# related_resources:
#   - ref: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
#     description: The statements for the bucket policy
#   - ref: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
#     description: How AWS decides whether a policy allows a request
#   - ref: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket_policy
#     description: "Terraform: aws_s3_bucket_policy"
# custom:
#   id: origin-bucket-policy
#   levels: [error, warning]
#   decides: |
#     An error where CloudFront is certainly refused. A warning where it is let in, but a denial
#     stands beside that whose condition no plan can tell, such as `aws:SourceIp`.
#   compares: world
#   needs: [refusal]
#   fires: |
#     The policy of an origin's bucket is known, or known to be missing, and does not let CloudFront
#     use `s3:GetObject` in the way it reads: no statement, one for the other mechanism, another
#     `AWS:SourceArn` or resource, or a denial that its request meets. Access that ACLs or a public
#     bucket give counts; a policy that no plan shows is `unresolved`.
#   breaks: |
#     S3 answers every read with 403 `AccessDenied`.
#   remediation: |
#     Let the bucket policy allow `s3:GetObject` on the objects (`/*`) to whom the origin reads as:
#     `cloudfront.amazonaws.com` with `AWS:SourceArn` = the ARN of the distribution for an OAC, the
#     `iam_arn` of the OAI for an OAI. Write denials so that they spare it.
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
package oacguard.origin_bucket_policy

import data.oacguard.lib.faults
import data.oacguard.lib.paths
import data.oacguard.lib.reach
import data.oacguard.lib.statements
import data.oacguard.lib.words

# It certainly does not.
finding contains paths.report(path, site.world, {
	"when": reach.refused_when(path, site.world),
	"subject": paths.bucket(w),
	"message": sprintf("CloudFront reads %s, %s, %s, but %s: %s.%s", [
		words.origin(path),
		words.bucket(w),
		words.way(w),
		_refusal(w),
		w.bucket_grant.known.reason,
		_cause(path, site.world, w),
	]),
	"why": concat("", [
		_caller(w),
		" S3 answers each request that the cache does not hold with 403 AccessDenied.",
		words.masked(w),
	]),
	"fix": _fix(path, w),
	"evidence": _evidence(w),
}) if {
	some site in paths.sites
	path := input.paths[site.path]
	w := path[site.world]
	reach.refused(w)
	not _said_better(path, site.world)
}

# Where an OAC never signs, that is what to change.
_said_better(path, world) if {
	reach.never_signs(path[world])
	not faults.mode(path, world)
}

# Where ACLs were the way in, it is the ownership that takes it away.
_said_better(path, world) if {
	world == "after"
	reach.acls_go(path)
}

# Where only another distribution is named, and this is its staging one.
_said_better(path, world) if reach.unstaged_bucket(path[world])

# It may not, and no plan tells.
finding contains paths.report(path, site.world, {
	"severity": "warning",
	"subject": words.place(w.bucket_denial),
	"message": sprintf("CloudFront reads %s, %s, %s, but its requests may be denied: %s.", [
		words.origin(path),
		words.bucket(w),
		words.way(w),
		w.bucket_denial.reason,
	]),
	"why": concat("", [
		"The bucket policy lets CloudFront read, but a denial outweighs that. ",
		"Where its condition holds, viewers get 403 AccessDenied.",
		words.masked(w),
	]),
	"fix": _spare(w, w.bucket_denial),
	"evidence": _evidence(w),
}) if {
	some site in paths.sites
	path := input.paths[site.path]
	w := path[site.world]
	reach.doubtful(w)
}

_evidence(w) := array.concat(
	w.evidence.access,
	array.concat(w.evidence.bucket, w.evidence.grants),
)

_refusal(w) := sprintf("the policy%s forbids it", [_place(w.bucket_grant.known)]) if {
	w.bucket_grant.known.result == "denied"
} else := sprintf("the policy%s does not let it", [_place(w.bucket_grant.known)]) if {
	w.bucket_grant.known.document == "present"
} else := "nothing lets it"

_cause(path, world, w) := "" if {
	world == "before"
} else := sprintf(" This plan sends viewers there: %s.", [words.service(path)]) if {
	faults.put_into_service(path)
} else := " It is so today; this plan does not change it." if {
	reach.refused_before(path)
} else := " This plan creates the path." if {
	path.before == null
} else := sprintf(" This plan points the origin at that bucket, in `%s`.", [path.distribution]) if {
	path.change.bucket
} else := "" if {
	w.bucket_grant.known.document == "destroyed"
} else := sprintf(" This plan changes how CloudFront reads, in `%s`.", [path.distribution]) if {
	path.change.access
} else := sprintf(" This plan changes the policy, in `%s`.", [w.bucket_grant.known.policy]) if {
	paths.changes(path, w.bucket_grant.known.policy)
} else := ""

_caller(w) := concat("", [
	"With an OAC, CloudFront reads as the service principal `cloudfront.amazonaws.com`; ",
	"a grant to an OAI, or for another distribution, does not cover that.",
]) if {
	w.access.known == "oac"
} else := concat("", [
	"An OAI is a principal of its own; a grant to another OAI or to ",
	"`cloudfront.amazonaws.com` does not cover it.",
]) if {
	w.access.known == "oai"
} else := concat("", [
	"An unsigned request may only read what everyone may; ",
	"a grant to an OAI or to `cloudfront.amazonaws.com` does not cover it.",
])

_fix(path, w) := _spare(w, w.bucket_grant.known) if {
	w.bucket_grant.known.result == "denied"
} else := concat("\n", [
	concat("", [
		_lead(path, w),
		"Add this statement to the bucket policy, and the same to the policy of the access point, ",
		"there with the ARN of the access point and `/object/*` as its resource:",
	]),
	statements.read(path, w),
]) if {
	w.endpoint.known == "access-point"
} else := concat("\n", [
	sprintf("%sKeep `%s`, with this statement in it:", [_lead(path, w), w.bucket_grant.known.policy]),
	statements.read(path, w),
]) if {
	w.bucket_grant.known.document == "destroyed"
} else := concat("\n", [
	sprintf("%sAdd an `aws_s3_bucket_policy` for %s with this statement:", [
		_lead(path, w),
		words.bucket(w),
	]),
	statements.read(path, w),
]) if {
	w.bucket_grant.known.document == "none"
} else := concat("\n", [
	sprintf("%sAdd this statement to the policy%s:", [_lead(path, w), _place(w.bucket_grant.known)]),
	statements.read(path, w),
])

_lead(path, w) := "" if {
	w.access.known in {"oac", "oai"}
} else := "If everyone may read the bucket: " if {
	w.access.known == "website"
} else := sprintf(
	"Unless everyone may read the bucket, set `signing_behavior = \"always\"` in %s. If so: ",
	[words.label(w.oac)],
) if {
	w.oac != null
} else := concat("", [
	sprintf("Unless everyone may read the bucket, give %s an OAC that signs ", [words.origin(path)]),
	"always, and let the bucket policy admit it. If so: ",
])

_spare(w, denial) := concat("", [
	sprintf("Spare CloudFront in %s of the policy%s, for instance by the condition ", [
		words.statement(denial),
		_place(denial),
	]),
	"`Bool = { \"aws:PrincipalIsAWSService\" = \"false\" }`.",
]) if {
	w.access.known == "oac"
} else := concat("", [
	sprintf("Spare CloudFront in %s of the policy%s. ", [
		words.statement(denial),
		_place(denial),
	]),
	"If it denies plain HTTP, set `viewer_protocol_policy` to `redirect-to-https` or `https-only` ",
	"in every behaviour that leads to this origin; a website endpoint takes nothing but HTTP.",
])

_place(denial) := sprintf(" in `%s`", [denial.policy]) if {
	is_string(denial.policy)
} else := " of the bucket"

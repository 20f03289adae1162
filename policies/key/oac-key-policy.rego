# METADATA
# scope: package
# title: The key policy must let CloudFront decrypt
# description: |
#   With an origin access control (OAC), CloudFront reads a bucket as the service principal
#   `cloudfront.amazonaws.com`. For an object under a KMS key, S3 asks KMS whether that principal
#   may decrypt, and KMS looks at the policy of the key and nowhere else. The policy that a key gets
#   by default admits its own account only. Neither the bucket policy nor an IAM policy makes up for
#   it, and nothing but a viewer's error tells.
# related_resources:
#   - ref: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
#     description: The statement for the key policy (SSE-KMS)
#   - ref: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
#     description: What the default key policy allows
#   - ref: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/kms_key_policy
#     description: "Terraform: aws_kms_key_policy"
# custom:
#   id: oac-key-policy
#   levels: [error]
#   compares: world
#   needs: [oac and kms]
#   fires: |
#     CloudFront reads a bucket with an OAC, objects there are or will be under a customer managed
#     key, and the policy of that key is known and does not let this distribution use `kms:Decrypt`:
#     there is no such statement, `AWS:SourceArn` names something else or holds a `*` under
#     `StringEquals`, a denial outweighs it, or an `aws_kms_key_policy` is destroyed, which brings
#     the default policy back. The key may be that of the bucket's default, of a single object of
#     the plan, or an earlier one; of a replica key its own policy counts.
#   breaks: |
#     S3 answers reads of objects under that key with 403 `AccessDenied`.
#   remediation: |
#     Add a statement to the policy of the key that lets `cloudfront.amazonaws.com` use
#     `kms:Decrypt`, with `AWS:SourceArn` = the ARN of the distribution (with `StringEquals`, or
#     with `ArnLike` if it holds a wildcard), and apply it before anything is encrypted with it. A
#     policy in a resource of its own closes no circle of references with the distribution.
#   example: |
#     data "aws_caller_identity" "current" {}
#
#     data "aws_iam_policy_document" "key" {
#       statement {
#         sid       = "Account"
#         actions   = ["kms:*"]
#         resources = ["*"]
#
#         principals {
#           type        = "AWS"
#           identifiers = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"]
#         }
#       }
#
#       statement {
#         sid       = "CloudFront"
#         actions   = ["kms:Decrypt"]
#         resources = ["*"]
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
#     resource "aws_kms_key_policy" "site" {
#       key_id = aws_kms_key.site.key_id
#       policy = data.aws_iam_policy_document.key.json
#     }
#   since: 0.1.0
package oacguard.oac_key_policy

import data.oacguard.lib.faults
import data.oacguard.lib.keys
import data.oacguard.lib.objects
import data.oacguard.lib.paths
import data.oacguard.lib.reach
import data.oacguard.lib.statements
import data.oacguard.lib.words

finding contains paths.report(path, site.world, {
	"when": _when(path, site.world, w),
	"subject": w.key.known.label,
	"message": sprintf("CloudFront reads %s, %s, with an OAC, but %s: %s.%s", [
		words.origin(path),
		words.bucket(w),
		_refusal(w),
		w.key_grant.known.reason,
		_cause(path, site.world, w),
	]),
	"why": concat("", [
		"S3 decrypts for CloudFront only if the policy of the key admits the service principal, ",
		"whatever the bucket policy says. Viewers get 403 AccessDenied for each object under that ",
		"key that is not cached. ",
		_extent(path, site.world, w),
		words.masked(w),
	]),
	"fix": _fix(path, w),
	"evidence": array.concat(
		array.concat(w.evidence.access, w.evidence.encryption),
		array.concat(w.evidence.key, w.evidence.grants),
	),
}) if {
	some site in paths.sites
	path := input.paths[site.path]
	w := path[site.world]
	keys.locked(w)
	not reach.unstaged_key(w)
}

# Objects of today need a key that is not the default any more, or not in this way.
finding contains paths.report(path, world, {
	"when": keys.left_when(path, world),
	"subject": key.label,
	"message": concat("", [
		sprintf("CloudFront reads %s, %s, with an OAC, ", [words.origin(path), words.bucket(w)]),
		sprintf("but what lies there today may need the key %s, ", [words.label(key)]),
		sprintf("whose policy %s: %s.", [_refuses[grant.result], grant.reason]),
		_cause_of_left(path, world),
	]),
	"why": concat("", [
		"Objects keep the key they were written with, whatever the default becomes. ",
		"Viewers get 403 AccessDenied for each of them that is not cached.",
		words.masked(w),
	]),
	"fix": concat("\n", [
		_fix_of_objects(path, w, key, grant),
		"Keep it until every object under that key has been copied in place under another one.",
	]),
	"evidence": array.concat(
		w.evidence.access,
		array.concat(w.evidence.encryption, w.evidence.grants),
	),
}) if {
	some path in input.paths
	some world in ["before", "after"]
	keys.left_in(path, world)
	w := keys.left_world(path, world)
	not keys.aws_owned(w.existing_key)
	key := w.existing_key.known
	grant := w.existing_key_grant.known
}

_cause_of_left(path, world) := "" if {
	world == "before"
} else := " It is so today; this plan does not change it." if {
	keys.left_in(path, "before")
} else := " This plan creates the path." if {
	path.before == null
} else := sprintf(" This plan points the origin at that bucket, in `%s`.", [path.distribution]) if {
	path.change.bucket
} else := ""

# Single objects need another key than the default one, and its policy does not let CloudFront in.
finding contains paths.report(path, site.world, {
	"when": _when_objects(path, site.world, locked),
	"subject": label,
	"message": concat("", [
		sprintf("CloudFront reads %s, %s, with an OAC, ", [words.origin(path), words.bucket(w)]),
		sprintf("but the policy of the key %s, which %s, ", [words.label(key), _needed_by(locked)]),
		sprintf("%s: %s.", [_refuses[grant.result], grant.reason]),
		_cause_of_objects(path, site.world, locked),
	]),
	"why": concat("", [
		"S3 decrypts for CloudFront only if the policy of the key admits the service principal, ",
		"whatever the bucket policy says. Viewers get 403 AccessDenied for what is under that key.",
		words.masked(w),
	]),
	"fix": _fix_of_objects(path, w, key, grant),
	"evidence": array.concat(w.evidence.access, locked[0].evidence),
}) if {
	some site in paths.sites
	path := input.paths[site.path]
	w := path[site.world]
	some label in {object.key.known.label | some object in objects.locked(w)}
	locked := [object | some object in objects.locked(w); object.key.known.label == label]
	key := locked[0].key.known
	grant := locked[0].key_grant.known
}

_refuses := {"denied": "forbids it to decrypt", "not-granted": "does not let it decrypt"}

_needed_by(locked) := sprintf("the object `%s` needs", [locked[0].address]) if {
	count(locked) == 1
} else := sprintf("`%s` and %d more objects need", [locked[0].address, count(locked) - 1])

_when_objects(path, world, locked) := "apply" if {
	world == "after"
	_some_new(path, locked)
} else := "next-write"

_some_new(path, locked) if {
	some object in locked
	not objects.standing(path, object, objects.unread(path.before))
}

_cause_of_objects(path, world, locked) := "" if {
	world == "before"
} else := " It is so today; this plan does not change it." if {
	not _some_new(path, locked)
} else := " This plan writes what needs it." if {
	some object in locked
	object.written
} else := ""

_fix_of_objects(path, w, key, grant) := concat("", [
	sprintf("Spare CloudFront in %s%s, for instance by the condition ", [
		words.statement(grant),
		words.in_policy(grant),
	]),
	"`Bool = { \"aws:PrincipalIsAWSService\" = \"false\" }`.",
]) if {
	grant.result == "denied"
} else := concat("\n", [
	sprintf("Add this statement to the policy of the key %s:", [words.label(key)]),
	statements.decrypt(path, w),
])

# Objects of today are lost only if this is the key that they were written with.
_when(path, world, w) := faults.onset(path, world) if {
	w.existing_key.known.label == w.key.known.label
} else := "apply" if {
	world == "after"
	w.writes_by_default
	not keys.locked(path.before)
} else := "next-write"

_extent(path, world, w) := "What this plan writes there cannot be read from the start." if {
	_when(path, world, w) == "apply"
	not w.existing_key.known.label == w.key.known.label
} else := "What lies there under this key is lost to viewers with this apply." if {
	_when(path, world, w) == "apply"
} else := "What is encrypted otherwise is not affected."

_refusal(w) := sprintf("the policy of the key %s%s forbids it to decrypt", [
	words.label(w.key.known),
	_place(w),
]) if {
	w.key_grant.known.result == "denied"
} else := sprintf("the policy of the key %s%s does not let it decrypt", [
	words.label(w.key.known),
	_place(w),
])

# The resource that holds the policy, where that is not the key itself.
_place(w) := sprintf(" in `%s`", [w.key_grant.known.policy]) if {
	w.key_grant.known.document == "present"
	is_string(w.key_grant.known.policy)
	w.key_grant.known.policy != w.key.known.label
} else := ""

_cause(path, world, w) := "" if {
	world == "after"
	w.key_grant.known.document == "destroyed"
} else := " This plan takes that away." if {
	world == "after"
	path.before.key.known.label == w.key.known.label
	path.before.key_grant.known.result == "allowed"
} else := words.cause(path, world)

_fix(path, w) := concat("", [
	sprintf("Spare CloudFront in %s of the policy in `%s`, ", [
		words.statement(w.key_grant.known),
		w.key_grant.known.policy,
	]),
	"for instance by the condition ",
	"`Bool = { \"aws:PrincipalIsAWSService\" = \"false\" }`.",
]) if {
	w.key_grant.known.result == "denied"
} else := concat("\n", [
	sprintf("Keep `%s`, with this statement in it:", [w.key_grant.known.policy]),
	statements.decrypt(path, w),
]) if {
	w.key_grant.known.document == "destroyed"
} else := concat("\n", [
	concat("", [
		sprintf("Set `policy` in %s to the statement that AWS gives every key ", [
			words.label(w.key.known),
		]),
		"(the account's root, `kms:*`) and this one:",
	]),
	statements.decrypt(path, w),
]) if {
	w.key_grant.known.document == "none"
} else := concat("\n", [
	sprintf("Add this statement to the policy in `%s`:", [w.key_grant.known.policy]),
	statements.decrypt(path, w),
]) if {
	is_string(w.key_grant.known.policy)
} else := concat("\n", [
	sprintf("Add this statement to the policy of the key %s:", [words.label(w.key.known)]),
	statements.decrypt(path, w),
])

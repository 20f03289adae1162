# METADATA
# scope: package
# title: CloudFront cannot use the AWS managed key aws/s3
# description: |
#   Turning SSE-KMS on without naming a key makes S3 use `aws/s3`, a key that AWS keeps in every
#   account. Its policy admits the account's own users and roles and cannot be edited. CloudFront
#   with an origin access control (OAC) reads as the service principal `cloudfront.amazonaws.com`,
#   which is none of them: it never gets to decrypt, and nothing can be done about that but to use
#   another key.
# related_resources:
#   - ref: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
#     description: SSE-KMS behind an OAC takes a customer managed key
#   - ref: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying.html
#     description: Only the policy of a customer managed key can be changed
#   - ref: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket_server_side_encryption_configuration
#     description: "Terraform: aws_s3_bucket_server_side_encryption_configuration"
# custom:
#   id: oac-aws-managed-key
#   levels: [error]
#   compares: world
#   needs: [oac and kms]
#   fires: |
#     CloudFront reads a bucket with an OAC, and its default encryption is SSE-KMS or DSSE-KMS with
#     the key `aws/s3`: no key is named, or `alias/aws/s3`, or a look-up finds that AWS manages it.
#     Also for a single object of the plan under that key, and for objects that earlier settings
#     left under it.
#   breaks: |
#     S3 answers reads of such objects with 403 `AccessDenied`.
#   remediation: |
#     Name a customer managed key in `kms_master_key_id`, whose policy lets
#     `cloudfront.amazonaws.com` use `kms:Decrypt` with `AWS:SourceArn` = the ARN of the
#     distribution (see `oac-key-policy`). Objects that are under `aws/s3` already have to be
#     written again.
#   example: |
#     resource "aws_kms_key" "site" {
#       description         = "Objects that CloudFront serves"
#       enable_key_rotation = true
#     }
#
#     resource "aws_s3_bucket_server_side_encryption_configuration" "site" {
#       bucket = aws_s3_bucket.site.id
#
#       rule {
#         apply_server_side_encryption_by_default {
#           sse_algorithm     = "aws:kms"
#           kms_master_key_id = aws_kms_key.site.arn
#         }
#       }
#     }
#   since: 0.1.0
package oacguard.oac_aws_managed_key

import data.oacguard.lib.faults
import data.oacguard.lib.keys
import data.oacguard.lib.objects
import data.oacguard.lib.paths
import data.oacguard.lib.words

finding contains paths.report(path, site.world, {
	"when": _when(path, site.world),
	"subject": paths.bucket(w),
	"message": sprintf(
		"CloudFront reads %s, %s, with an OAC, but new objects there need the AWS managed key %s.%s",
		[
			words.origin(path),
			words.bucket(w),
			words.label(w.key.known),
			words.cause(path, site.world),
		],
	),
	"why": concat("", [
		"The policy of an AWS managed key does not admit CloudFront and cannot be changed, so the OAC ",
		"gets 403 AccessDenied for each such object that is not cached.",
		words.masked(w),
	]),
	"fix": words.steps([
		sprintf("Now: set %s%s.", [words.aes256(w), words.copy_back(w)]),
		sprintf("Create an `aws_kms_key` whose policy allows %s; apply.", [words.decrypt(path)]),
		sprintf("Last, name it as `kms_master_key_id` in %s, and turn %s on.", [
			words.encryption_place(w),
			words.algorithm(w),
		]),
	]),
	"evidence": array.concat(
		w.evidence.access,
		array.concat(w.evidence.encryption, w.evidence.key),
	),
}) if {
	some site in paths.sites
	path := input.paths[site.path]
	w := path[site.world]
	keys.managed_key(w)
}

# Objects of today need it, though new ones do not.
finding contains paths.report(path, world, {
	"when": keys.left_when(path, world),
	"subject": paths.bucket(w),
	"message": concat("", [
		sprintf("CloudFront reads %s, %s, with an OAC, ", [words.origin(path), words.bucket(w)]),
		"but what lies there today may need the AWS managed key ",
		sprintf("%s.", [words.label(w.existing_key.known)]),
		_cause_of_left(path, world),
	]),
	"why": concat("", [
		"Objects keep the key they were written with. The policy of an AWS managed key does not admit ",
		"CloudFront and cannot be changed, so viewers get 403 AccessDenied for each of them.",
		words.masked(w),
	]),
	"fix": concat("", [
		sprintf("Copy every object in %s in place under the default of afterwards ", [words.bucket(w)]),
		sprintf("before CloudFront reads it as origin `%s` of `%s`.", [path.origin, path.distribution]),
	]),
	"evidence": array.concat(
		w.evidence.access,
		array.concat(w.evidence.bucket, w.evidence.encryption),
	),
}) if {
	some path in input.paths
	some world in ["before", "after"]
	keys.left_in(path, world)
	w := keys.left_world(path, world)
	keys.aws_owned(w.existing_key)
}

_cause_of_left(path, world) := "" if {
	world == "before"
} else := " It is so today; this plan does not change it." if {
	keys.left_in(path, "before")
} else := ""

# A single object needs it, whatever the default is.
finding contains paths.report(path, site.world, {
	"when": _when_object(path, site.world, object),
	"subject": object.address,
	"message": concat("", [
		sprintf("CloudFront reads %s, %s, with an OAC, ", [words.origin(path), words.bucket(w)]),
		sprintf("but the object `%s` needs the AWS managed key ", [object.address]),
		sprintf("%s.", [words.label(object.key.known)]),
		_cause_of_object(path, site.world, object),
	]),
	"why": concat("", [
		"The policy of an AWS managed key does not admit CloudFront and cannot be changed, so the OAC ",
		"gets 403 AccessDenied for this object.",
		words.masked(w),
	]),
	"fix": concat("", [
		sprintf("Set `server_side_encryption = \"AES256\"` on `%s`, or name as its `kms_key_id` ", [
			object.address,
		]),
		sprintf("a customer managed key whose policy allows %s.", [words.decrypt(path)]),
	]),
	"evidence": array.concat(w.evidence.access, array.concat(w.evidence.bucket, object.evidence)),
}) if {
	some site in paths.sites
	path := input.paths[site.path]
	w := path[site.world]
	some object in objects.managed(w)
	not keys.managed_key(w)
}

_when_object(path, world, object) := "apply" if {
	world == "after"
	not _standing_object(path, object)
} else := "next-write"

_standing_object(path, object) if objects.standing(path, object, objects.unread(path.before))

_cause_of_object(path, world, object) := "" if {
	world == "before"
} else := " It is so today; this plan does not change it." if {
	_standing_object(path, object)
} else := " This plan writes it." if {
	object.written
} else := ""

# Objects of today were written with the key of today: this key only if that stays the same.
_when(path, world) := "apply" if {
	world == "after"
	path.after.writes_by_default
	not keys.managed_key(path.before)
} else := "next-write" if {
	path.change.encryption
} else := "next-write" if {
	path.change.key
} else := faults.onset(path, world)

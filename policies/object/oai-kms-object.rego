# METADATA
# scope: package
# title: A single object under a KMS key cannot be read without an OAC
# description: |
#   An object can ask for its own encryption, whatever the default of its bucket is, and a bucket
#   policy can demand it of every upload. An object under a KMS key can be read by CloudFront only
#   with an origin access control (OAC), which signs; not as an origin access identity (OAI), the
#   older way to read a private bucket, and not unsigned. So a default of SSE-S3 is no proof that a
#   site works.
# related_resources:
#   - ref: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
#     description: What an OAI does not support
#   - ref: https://docs.aws.amazon.com/AmazonS3/latest/userguide/specifying-kms-encryption.html
#     description: Specify SSE-KMS for a single object
#   - ref: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
#     description: Require SSE-KMS of uploads by the bucket policy
#   - ref: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_object
#     description: "Terraform: aws_s3_object"
# custom:
#   id: oai-kms-object
#   levels: [error]
#   compares: world
#   needs: [objects, forced-uploads]
#   fires: |
#     CloudFront reads a bucket as an OAI or unsigned, and the plan holds an `aws_s3_object` (or a
#     copy) there with `aws:kms`, `aws:kms:dsse` or a `kms_key_id` of its own, at a place that
#     behaviours and the origin path lead to. Or the bucket policy denies every upload that is not
#     under a KMS key. Objects elsewhere in the bucket are of no concern.
#   breaks: |
#     S3 answers reads of that object with an error, such as `KMS.UnrecognizedClientException` to an
#     OAI, or `InvalidArgument` to an unsigned request.
#   remediation: |
#     Upload the object with `server_side_encryption = "AES256"` and without `kms_key_id`, and let
#     the bucket policy admit such uploads; or let CloudFront read with an OAC.
#   example: |
#     resource "aws_s3_object" "index" {
#       bucket                 = aws_s3_bucket.site.id
#       key                    = "index.html"
#       source                 = "site/index.html"
#       content_type           = "text/html"
#       server_side_encryption = "AES256"
#     }
#   since: 0.1.0
package oacguard.oai_kms_object

import data.oacguard.lib.faults
import data.oacguard.lib.objects
import data.oacguard.lib.paths
import data.oacguard.lib.words

# An object that the plan knows.
finding contains paths.report(path, site.world, {
	"when": _when(path, site.world, object),
	"subject": object.address,
	"message": concat("", [
		sprintf("CloudFront reads %s, %s, ", [words.origin(path), words.bucket(w)]),
		sprintf("%s, but the object `%s` there ", [words.way(w), object.address]),
		sprintf("is encrypted with %s.", [_algorithm[object.encryption.known]]),
		_cause(path, site.world, object),
	]),
	"why": concat("", [
		_reason(w),
		"The default of the bucket does not matter to an object that is encrypted otherwise.",
		words.masked(w),
	]),
	"fix": concat("", [
		sprintf("Set `server_side_encryption = \"AES256\"` on `%s` and remove its `kms_key_id`. ", [
			object.address,
		]),
		sprintf("If it has to be under a KMS key, let an OAC read %s first, ", [words.origin(path)]),
		sprintf("and the policy of that key allow %s.", [words.decrypt(path)]),
	]),
	"evidence": array.concat(w.evidence.access, array.concat(w.evidence.bucket, object.evidence)),
}) if {
	some site in paths.sites
	path := input.paths[site.path]
	w := path[site.world]
	some object in objects.dark(w)
}

# Whatever anyone uploads.
finding contains paths.report(path, site.world, {
	"when": "next-write",
	"subject": words.place(w.forced_uploads),
	"message": concat("", [
		sprintf("CloudFront reads %s, %s, %s, ", [
			words.origin(path),
			words.bucket(w),
			words.way(w),
		]),
		sprintf("but %s of the bucket policy lets nothing be uploaded there without a KMS key.%s", [
			words.statement(w.forced_uploads),
			_cause_of_demand(path, site.world),
		]),
	]),
	"why": concat("", [
		_reason(w),
		"What lies there today is not affected; each object that is uploaded from now on is.",
		words.masked(w),
	]),
	"fix": concat("", [
		sprintf("Let %s%s admit uploads with SSE-S3 (`AES256`), or remove it. ", [
			words.statement(w.forced_uploads),
			words.in_policy(w.forced_uploads),
		]),
		sprintf("If uploads have to be under a KMS key, let an OAC read %s first, ", [
			words.origin(path),
		]),
		sprintf("and the policy of that key allow %s.", [words.decrypt(path)]),
	]),
	"evidence": array.concat(w.evidence.access, array.concat(w.evidence.bucket, w.evidence.grants)),
}) if {
	some site in paths.sites
	path := input.paths[site.path]
	w := path[site.world]
	objects.forced(w)
}

_algorithm := {"sse-kms": "SSE-KMS", "dsse-kms": "DSSE-KMS"}

_reason(w) := "An OAI cannot read what a KMS key encrypts, whatever the policies say. " if {
	w.access.known == "oai"
} else := "S3 rejects unsigned reads of what a KMS key encrypts, even where the bucket is public. "

_when(path, world, object) := "apply" if {
	world == "after"
	not _standing(path, object)
} else := "next-write"

_standing(path, object) if objects.standing(path, object, objects.dark(path.before))

_cause(path, world, object) := "" if {
	world == "before"
} else := sprintf(" This plan sends viewers there: %s.", [words.service(path)]) if {
	faults.put_into_service(path)
} else := " It is so today; this plan does not change it." if {
	_standing(path, object)
} else := " This plan writes it." if {
	object.written
} else := " This plan creates the path." if {
	path.before == null
} else := sprintf(" This plan points the origin at that bucket, in `%s`.", [path.distribution]) if {
	path.change.bucket
} else := sprintf(" This plan changes how CloudFront reads, in `%s`.", [path.distribution]) if {
	path.change.access
} else := ""

_cause_of_demand(path, world) := "" if {
	world == "before"
} else := sprintf(" This plan sends viewers there: %s.", [words.service(path)]) if {
	faults.put_into_service(path)
} else := " It is so today; this plan does not change it." if {
	objects.forced(path.before)
} else := sprintf(" This plan demands that, in `%s`.", [path.after.forced_uploads.policy]) if {
	paths.changes(path, path.after.forced_uploads.policy)
} else := " This plan creates the path." if {
	path.before == null
} else := ""

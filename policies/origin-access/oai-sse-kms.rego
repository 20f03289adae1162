# METADATA
# scope: package
# title: An origin access identity cannot read what a KMS key encrypts
# description: |
#   CloudFront reads a private S3 bucket under a name of its own, so that S3 can let it in and keep
#   everybody else out. An origin access identity (OAI) is the older kind of such a name; an origin
#   access control (OAC), with which CloudFront signs its requests, is the newer one. KMS, which
#   holds the keys of SSE-KMS and DSSE-KMS encryption, does not know OAIs: what a KMS key encrypts,
#   no OAI can read, whatever the bucket policy and the key policy say.
#
#   Turning such encryption on looks harmless. Objects that are there keep the encryption they were
#   written with, so every page still loads. Then comes the next upload, and the site fails object
#   by object.
# related_resources:
#   - ref: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
#     description: What an OAI does not support, and how to move to an OAC
#   - ref: https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-bucket-encryption.html
#     description: What the default encryption of a bucket applies to
#   - ref: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudfront_origin_access_control
#     description: "Terraform: aws_cloudfront_origin_access_control"
# custom:
#   id: oai-sse-kms
#   levels: [error]
#   compares: world
#   needs: [oai and kms]
#   fires: |
#     A bucket that CloudFront reads as an OAI has or gets SSE-KMS or DSSE-KMS as its default
#     encryption, whichever of the two the plan changes: the encryption or the origin. Also where
#     the plan takes an origin from an OAC back to an OAI while objects that need a KMS key may lie
#     in the bucket. A Lambda@Edge function on `origin-request` of every behaviour may sign in place
#     of the OAI; then it is `unresolved`.
#   breaks: |
#     S3 answers reads of such objects with an error: `KMS.UnrecognizedClientException` ("No account
#     found for the given parameters"), or a demand for Signature Version 4, depending on the
#     Region.
#   remediation: |
#     Move the origin to an OAC and wait until the distribution is deployed; turn SSE-KMS on
#     afterwards, with a customer managed key whose policy lets CloudFront decrypt. Until then keep
#     `sse_algorithm = "AES256"`.
#   example: |
#     resource "aws_cloudfront_origin_access_control" "site" {
#       name                              = "site"
#       origin_access_control_origin_type = "s3"
#       signing_behavior                  = "always"
#       signing_protocol                  = "sigv4"
#     }
#
#     resource "aws_cloudfront_distribution" "site" {
#       # the rest of the distribution as it is
#       origin {
#         origin_id                = "site"
#         domain_name              = aws_s3_bucket.site.bucket_regional_domain_name
#         origin_access_control_id = aws_cloudfront_origin_access_control.site.id
#       }
#     }
#
#     # Later, when that is deployed and the policy of the key lets CloudFront decrypt:
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
package oacguard.oai_sse_kms

import data.oacguard.lib.faults
import data.oacguard.lib.paths
import data.oacguard.lib.words

# New objects cannot be read.
finding contains paths.report(path, site.world, {
	"when": faults.onset(path, site.world),
	"subject": paths.bucket(w),
	"message": sprintf("CloudFront reads %s, %s, %s, but new objects there are encrypted with %s.%s", [
		words.origin(path),
		words.bucket(w),
		words.way(w),
		words.algorithm(w),
		words.cause(path, site.world),
	]),
	"why": concat(" ", [_reason, _extent(path, site.world), concat("", [_error, words.masked(w)])]),
	"fix": _fix(path, w),
	"evidence": _evidence(w),
}) if {
	some site in paths.sites
	path := input.paths[site.path]
	w := path[site.world]
	w.access.known == "oai"
	faults.unreadable(w)
}

# New objects can be read, but objects of today are left behind.
finding contains paths.report(path, "after", {
	"when": "apply",
	"subject": paths.bucket(w),
	"message": sprintf("CloudFront comes to read %s, %s, %s, but objects there may need a KMS key.", [
		words.origin(path),
		words.bucket(w),
		words.way(w),
	]),
	"why": concat(" ", [
		"KMS is the default of the bucket today, and objects keep the encryption they were written with.",
		_reason,
		concat("", [_error, words.masked(w)]),
	]),
	"fix": concat("", [
		sprintf("Let origin `%s` of `%s` use an OAC ", [path.origin, path.distribution]),
		sprintf("until every object in %s has been copied in place under SSE-S3.", [words.bucket(w)]),
	]),
	"evidence": _evidence(w),
}) if {
	some path in input.paths
	w := path.after
	w.access.known == "oai"
	faults.stranded(path)
}

_reason := concat("", [
	"An OAI cannot read what a KMS key encrypts, whatever the bucket policy and the key policy say.",
])

_error := concat("", [
	"Viewers get an error of S3, such as `KMS.UnrecognizedClientException`, ",
	"for each such object that is not cached.",
])

_extent(path, world) := "KMS objects that lie there today are lost to viewers with this apply." if {
	faults.onset(path, world) == "apply"
} else := "What was written under SSE-S3 stays readable; what is written under KMS is not."

_fix(path, w) := concat("", [
	sprintf("Leave the OAC %s on origin `%s` of ", [words.label(path.before.oac), path.origin]),
	sprintf("`%s`: only signed requests can read KMS objects.", [path.distribution]),
]) if {
	path.before.access.known == "oac"
	w == path.after
} else := words.steps(array.concat(
	_instead(w),
	array.concat(_start(path, w), [sprintf("Then %s.", [words.open_key(path, w)])]),
)) if {
	path.before == null
} else := words.steps([
	sprintf("Now: leave the `domain_name` of %s at %s.", [
		words.origin(path),
		words.bucket(path.before),
	]),
	sprintf("%s.", [words.grant_oac(path, w)]),
	sprintf("Then %s; apply.", [words.open_key(path, w)]),
	sprintf("Move the origin to %s, and with it %s; empty `%s`; apply.", [
		words.bucket(w),
		words.use_oac,
		"s3_origin_config.origin_access_identity",
	]),
	"Once that is deployed, remove the OAI and its grants.",
]) if {
	path.change.bucket
	not faults.mode(path, "before")
} else := words.steps(array.concat(
	[sprintf("Now: %s %s%s.", [_hold(path, w), words.aes256(w), words.copy_back(w)])],
	array.concat(words.to_oac(path, w), [words.then_kms(path, w)]),
))

# A new origin can have an OAC from the start. Where objects are under KMS already, it must.
_instead(w) := [] if {
	w.existing.known == "kms"
} else := [concat(" ", [
	sprintf("Now: set %s and leave it at that,", [words.aes256(w)]),
	"or give the origin an OAC from the start:",
])]

# The policy that names a new distribution comes after it anyway, and nobody reads through it yet.
_start(path, w) := [
	sprintf("On %s, %s instead of the OAI.", [words.origin(path), words.use_oac]),
	sprintf("%s.", [words.grant_oac(path, w)]),
] if {
	some resource in path.change.resources
	resource.address == path.distribution
	resource.actions == ["create"]
} else := [
	sprintf("%s; apply that first.", [words.grant_oac(path, w)]),
	sprintf("On %s, %s instead of the OAI.", [words.origin(path), words.use_oac]),
]

_hold(path, w) := "keep" if {
	path.change.encryption
	path.before.encryption.known.address == w.encryption.known.address
} else := "set"

_evidence(w) := array.concat(
	w.evidence.access,
	array.concat(w.evidence.bucket, w.evidence.encryption),
)

# METADATA
# scope: package
# title: An unsigned request cannot read what a KMS key encrypts
# description: |
#   S3 asks KMS for the key of an SSE-KMS or DSSE-KMS object on behalf of whoever reads it, and an
#   anonymous reader is nobody. CloudFront signs its requests only with an origin access control
#   (OAC) that says so. Without one, behind a custom origin or through a website endpoint, it asks
#   like any visitor and gets an error for every such object, even if the bucket is public.
# related_resources:
#   - ref: https://repost.aws/knowledge-center/s3-website-cloudfront-error-403
#     description: Why a website endpoint cannot serve KMS objects
#   - ref: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
#     description: How an OAC makes CloudFront sign
#   - ref: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudfront_origin_access_control
#     description: "Terraform: aws_cloudfront_origin_access_control"
# custom:
#   id: unsigned-sse-kms
#   levels: [error]
#   compares: world
#   needs: [unsigned and kms]
#   fires: |
#     A bucket has or gets SSE-KMS or DSSE-KMS as its default encryption, and CloudFront reads it
#     without signing: no origin access at all, an OAC with `signing_behavior = "never"`, a custom
#     origin on the bucket's domain, or a website endpoint. Also where the plan takes the OAC away
#     while objects that need a KMS key may lie in the bucket. A Lambda@Edge function on
#     `origin-request` of every behaviour may sign instead; then it is `unresolved`.
#   breaks: |
#     S3 answers reads of such objects with `InvalidArgument` ("Requests specifying Server Side
#     Encryption with AWS KMS managed keys require AWS Signature Version 4."); a website endpoint
#     with 403.
#   remediation: |
#     Let CloudFront sign: an OAC with `signing_behavior = "always"` on the REST endpoint of the
#     bucket, and a customer managed key whose policy lets CloudFront decrypt. Or keep
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
#       # the rest of the distribution as it is;
#       # no custom_origin_config, and not the website endpoint
#       origin {
#         origin_id                = "site"
#         domain_name              = aws_s3_bucket.site.bucket_regional_domain_name
#         origin_access_control_id = aws_cloudfront_origin_access_control.site.id
#       }
#     }
#   since: 0.1.0
package oacguard.unsigned_sse_kms

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
	"why": concat(" ", [_reason, concat("", [_extent(path, site.world), words.masked(w)])]),
	"fix": _fix(path, w),
	"evidence": _evidence(w),
}) if {
	some site in paths.sites
	path := input.paths[site.path]
	w := path[site.world]
	w.access.known != "oai"
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
		concat("", [_reason, words.masked(w)]),
	]),
	"fix": concat("", [
		sprintf("Let an OAC sign for origin `%s` of `%s` ", [path.origin, path.distribution]),
		sprintf("until every object in %s has been copied in place under SSE-S3.", [words.bucket(w)]),
	]),
	"evidence": _evidence(w),
}) if {
	some path in input.paths
	w := path.after
	w.access.known != "oai"
	faults.stranded(path)
}

_reason := "S3 rejects unsigned reads of what a KMS key encrypts, even where the bucket is public."

_extent(path, world) := "KMS objects that lie there today are lost to viewers with this apply." if {
	faults.onset(path, world) == "apply"
} else := concat("", [
	"Viewers get an error of S3 for each object written or replaced under KMS; ",
	"what was written under SSE-S3 is not affected.",
])

_fix(path, w) := concat("", [
	sprintf("Let %s sign always (`signing_behavior = \"always\"`): ", [words.label(w.oac)]),
	"only signed requests can read KMS objects.",
]) if {
	path.before.access.known == "oac"
	w == path.after
	w.oac != null
} else := concat("", [
	sprintf("Leave the OAC %s on origin `%s` of ", [words.label(path.before.oac), path.origin]),
	sprintf("`%s`: only signed requests can read KMS objects.", [path.distribution]),
]) if {
	path.before.access.known == "oac"
	w == path.after
} else := words.steps(array.concat(
	[sprintf("Now: set %s%s.", [words.aes256(w), words.copy_back(w)])],
	array.concat(_sign(path, w), [words.then_kms(path, w)]),
))

_sign(path, w) := [
	sprintf("%s; apply.", [words.grant_oac(path, w)]),
	concat(" ", [
		sprintf("On %s, set `domain_name` to the bucket's", [words.origin(path)]),
		sprintf("`bucket_regional_domain_name`, remove `custom_origin_config`, and %s;", [words.use_oac]),
		"index documents and redirects of the website then need a function at the edge. Apply.",
	]),
] if {
	w.access.known == "website"
} else := [
	sprintf("%s; apply.", [words.grant_oac(path, w)]),
	sprintf("Set `signing_behavior = \"always\"` in %s, for every distribution that uses it; apply.", [
		words.label(w.oac),
	]),
] if {
	w.oac != null
} else := words.to_oac(path, w)

_evidence(w) := array.concat(
	w.evidence.access,
	array.concat(w.evidence.bucket, w.evidence.encryption),
)

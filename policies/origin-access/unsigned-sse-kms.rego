# METADATA
# scope: package
# title: An unsigned request cannot read what a KMS key encrypts
# description: |
#   S3 decrypts with a KMS key only for requests that are signed. Without an origin access control that signs, behind a
#   custom origin or through a website endpoint, CloudFront reads anonymously and gets an error for every SSE-KMS or
#   DSSE-KMS object, also from a public bucket.
# related_resources:
#   - ref: https://repost.aws/knowledge-center/s3-website-cloudfront-error-403
#     description: Why a website endpoint cannot serve KMS objects
#   - ref: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
#     description: Restrict access to an Amazon S3 origin
# custom:
#   id: unsigned-sse-kms
#   levels: [error]
#   compares: world
#   breaks: |
#     S3 answers reads of such objects with `InvalidArgument` ("Requests specifying Server Side Encryption with AWS KMS
#     managed keys require AWS Signature Version 4."); a website endpoint with 403.
#   remediation: |
#     Let CloudFront sign: an origin access control with `signing_behavior = "always"` on the REST endpoint of the bucket,
#     and a customer managed key whose policy lets CloudFront decrypt. Or keep `sse_algorithm = "AES256"`.
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
		words.origin(path), words.bucket(w), _way(w), words.algorithm(w), words.cause(path, site.world),
	]),
	"why": concat("", [_why, _extent(path, site.world), words.masked(w)]),
	"fix": concat("", [
		sprintf("Keep `sse_algorithm = \"AES256\"` in %s", [words.encryption_place(w)]),
		sprintf(", or let CloudFront sign before you encrypt: %s.", [_sign(path, w)]),
	]),
	"evidence": array.concat(w.evidence.access, array.concat(w.evidence.bucket, w.evidence.encryption)),
}) if {
	some site in paths.sites
	path := input.paths[site.path]
	w := path[site.world]
	w.access.known != "oai"
	faults.unreadable(w)
}

# Objects of today are left behind.
finding contains paths.report(path, "after", {
	"when": "apply",
	"subject": paths.bucket(w),
	"message": sprintf("CloudFront comes to read %s, %s, %s, but objects there may be encrypted with a KMS key.", [
		words.origin(path), words.bucket(w), _way(w),
	]),
	"why": concat("", [
		_why,
		"Until this plan the default encryption of the bucket is KMS, and objects keep the encryption they were written with.",
		words.masked(w),
	]),
	"fix": concat("", [
		sprintf("Keep an OAC that signs on origin `%s` of `%s` until every object in ", [path.origin, path.distribution]),
		sprintf("%s has been copied in place under SSE-S3.", [words.bucket(w)]),
	]),
	"evidence": array.concat(w.evidence.access, array.concat(w.evidence.bucket, w.evidence.encryption)),
}) if {
	some path in input.paths
	w := path.after
	w.access.known != "oai"
	faults.stranded(path)
}

_why := "S3 decrypts with a KMS key only for signed requests, and rejects anonymous ones even on a public bucket. "

_way(w) := "through the website endpoint, which takes no signature" if {
	w.access.known == "website"
} else := sprintf("without a signature (OAC %s never signs)", [words.label(w.oac)]) if {
	w.oac != null
} else := "without a signature (the origin has neither an OAC nor an OAI)"

_extent(path, world) := "KMS objects that lie there today stop being readable with this apply." if {
	faults.onset(path, world) == "apply"
} else := "Each object written or replaced from now on is unreadable; what SSE-S3 encrypts is not affected."

_sign(path, w) := concat("", [
	sprintf("set the `domain_name` of origin `%s` to the bucket's `bucket_regional_domain_name`, ", [path.origin]),
	"take `custom_origin_config` out, and give it an OAC (`aws_cloudfront_origin_access_control` with ",
	"`signing_behavior = \"always\"`) that the bucket policy and the key policy admit; ",
	"index documents and redirects of the website then need a function at the edge",
]) if {
	w.access.known == "website"
} else := sprintf("set `signing_behavior = \"always\"` in %s; mind that every distribution with that OAC follows", [
	words.label(w.oac),
]) if {
	w.oac != null
} else := concat("", [
	words.to_oac(path, w),
	" (an origin with `custom_origin_config` has to become an S3 origin for that); ",
	"then turn SSE-KMS on with a customer managed key whose policy lets `cloudfront.amazonaws.com` use `kms:Decrypt`",
])

# METADATA
# scope: package
# title: An origin access identity cannot read what a KMS key encrypts
# description: |
#   CloudFront cannot read SSE-KMS or DSSE-KMS objects as an origin access identity (OAI), whatever the bucket policy
#   and the key policy say. Objects that are already there keep their encryption when the default of a bucket changes,
#   so the site goes on working until the next upload, and then fails object by object.
# related_resources:
#   - ref: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
#     description: Restrict access to an Amazon S3 origin
#   - ref: https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-bucket-encryption.html
#     description: What the default encryption of a bucket applies to
# custom:
#   id: oai-sse-kms
#   levels: [error]
#   compares: world
#   breaks: |
#     S3 answers reads of such objects with an error: `KMS.UnrecognizedClientException` ("No account found for the given
#     parameters"), or a demand for Signature Version 4, depending on the Region.
#   remediation: |
#     Move the origin to an origin access control (OAC) and wait until the distribution is deployed; turn SSE-KMS on
#     afterwards, with a customer managed key whose policy lets CloudFront decrypt. Until then keep
#     `sse_algorithm = "AES256"`.
#   since: 0.1.0
package oacguard.oai_sse_kms

import data.oacguard.lib.faults
import data.oacguard.lib.paths
import data.oacguard.lib.words

# New objects cannot be read.
finding contains paths.report(path, site.world, {
	"when": faults.onset(path, site.world),
	"subject": paths.bucket(w),
	"message": sprintf("CloudFront reads %s, %s, as an OAI%s, but new objects there are encrypted with %s%s.%s", [
		words.origin(path), words.bucket(w), _oai(w), words.algorithm(w), _place(w), words.cause(path, site.world),
	]),
	"why": concat("", [
		"An OAI cannot read objects that a KMS key encrypts; no bucket policy and no key policy changes that. ",
		_extent(path, site.world),
		" Viewers get an error of S3, such as `KMS.UnrecognizedClientException`, for every object that is not cached.",
		words.masked(w),
	]),
	"fix": concat("", [
		sprintf("Keep `sse_algorithm = \"AES256\"` in %s until the origin uses an OAC: ", [words.encryption_place(w)]),
		words.to_oac(path, w),
		". Only when the distribution is deployed, turn SSE-KMS on with a customer managed key whose policy lets ",
		"`cloudfront.amazonaws.com` use `kms:Decrypt` for this distribution, and remove the OAI.",
	]),
	"evidence": array.concat(w.evidence.access, array.concat(w.evidence.bucket, w.evidence.encryption)),
}) if {
	some site in paths.sites
	path := input.paths[site.path]
	w := path[site.world]
	w.access.known == "oai"
	faults.unreadable(w)
}

# Objects of today are left behind.
finding contains paths.report(path, "after", {
	"when": "apply",
	"subject": paths.bucket(w),
	"message": sprintf("CloudFront comes to read %s, %s, as an OAI%s, but objects there may be encrypted with a KMS key.", [
		words.origin(path), words.bucket(w), _oai(w),
	]),
	"why": concat("", [
		"Until this plan the default encryption of the bucket is KMS, and objects keep the encryption they were written ",
		"with. An OAI cannot read them; no bucket policy and no key policy changes that. ",
		"Viewers get an error of S3, such as `KMS.UnrecognizedClientException`, for each of them that is not cached.",
		words.masked(w),
	]),
	"fix": concat("", [
		sprintf("Keep an OAC on origin `%s` of `%s` until every object in ", [path.origin, path.distribution]),
		sprintf("%s has been copied in place under SSE-S3; go (back) to an OAI only then, or not at all.", [words.bucket(w)]),
	]),
	"evidence": array.concat(w.evidence.access, array.concat(w.evidence.bucket, w.evidence.encryption)),
}) if {
	some path in input.paths
	w := path.after
	w.access.known == "oai"
	faults.stranded(path)
}

_oai(w) := sprintf(" (%s)", [words.label(w.oai)]) if {
	w.oai != null
} else := ""

_place(w) := sprintf(" by `%s`", [w.encryption.known.address]) if {
	is_string(w.encryption.known.address)
} else := " by the default of the bucket"

_extent(path, world) := "KMS objects that lie there today stop being readable with this apply." if {
	faults.onset(path, world) == "apply"
} else := "Objects written under SSE-S3 stay readable; each object written or replaced under KMS is not."

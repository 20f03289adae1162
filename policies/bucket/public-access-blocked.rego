# METADATA
# scope: package
# title: A public access block shuts out an origin that does not sign
# description: |
#   An unsigned origin and a website endpoint read as anybody may. `restrict_public_buckets` takes
#   what a public bucket policy gives from everybody outside the account, and so from CloudFront. A
#   grant to an origin access control or identity is not public and is not touched.
# related_resources:
#   - ref: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PublicAccessBlockConfiguration.html
#     description: What each setting does
#   - ref: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
#     description: Restrict access to an Amazon S3 origin
# custom:
#   id: public-access-blocked
#   levels: [error]
#   compares: world
#   needs: [unsigned and public-block]
#   fires: |
#     An origin reads without a signature (no origin access, an OAC that never signs, a custom
#     origin or a website endpoint), the bucket policy lets everybody read, and
#     `restrict_public_buckets` is on for the bucket or for its account. `block_public_policy` keeps
#     new public policies out and leaves the one that is there.
#   breaks: |
#     S3 answers every read with 403 `AccessDenied`.
#   remediation: |
#     Let an origin access control sign, and have the bucket policy admit it, before public access
#     is blocked. A website endpoint has to become the REST endpoint for that.
#   example: |
#     resource "aws_s3_bucket_public_access_block" "site" {
#       bucket                  = aws_s3_bucket.site.id
#       block_public_policy     = false
#       restrict_public_buckets = false
#     }
#   since: 0.1.0
package oacguard.public_access_blocked

import data.oacguard.lib.faults
import data.oacguard.lib.paths
import data.oacguard.lib.reach
import data.oacguard.lib.words

finding contains paths.report(path, site.world, {
	"when": _when(path, site.world),
	"subject": paths.bucket(w),
	"message": concat("", [
		sprintf("CloudFront reads %s, %s, ", [words.origin(path), words.bucket(w)]),
		sprintf("%s, but `restrict_public_buckets` in `%s` ", [words.way(w), w.public_block.address]),
		"shuts out who does not sign.",
		_cause(path, site.world, w),
	]),
	"why": concat("", [
		"The bucket policy lets everybody read; the public access block takes that back. ",
		"S3 answers each request that the cache does not hold with 403 AccessDenied.",
		words.masked(w),
	]),
	"fix": words.steps(array.concat(
		[sprintf("Now: leave `restrict_public_buckets` off in `%s`.", [w.public_block.address])],
		words.to_oac(path, w),
	)),
	"evidence": array.concat(
		w.evidence.access,
		array.concat(w.evidence.bucket, w.evidence.grants),
	),
}) if {
	some site in paths.sites
	path := input.paths[site.path]
	w := path[site.world]
	reach.shut_out(w)
}

_when(path, world) := "next-write" if {
	world == "before"
} else := "next-write" if {
	path.after.existing.known == "none"
} else := "next-write" if {
	_standing(path)
} else := "apply"

_standing(path) if {
	reach.shut_out(path.before)
	not path.change.bucket
	not faults.put_into_service(path)
}

_cause(path, world, w) := "" if {
	world == "before"
} else := sprintf(" This plan sends viewers there: %s.", [words.service(path)]) if {
	faults.put_into_service(path)
} else := " It is so today; this plan does not change it." if {
	_standing(path)
} else := " This plan creates the path." if {
	path.before == null
} else := sprintf(" This plan points the origin at that bucket, in `%s`.", [path.distribution]) if {
	path.change.bucket
} else := " This plan turns that on." if {
	not path.before.public_block.restricts.known == true
	w.public_block.restricts.known
} else := ""

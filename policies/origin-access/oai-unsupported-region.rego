# METADATA
# scope: package
# title: Newer Regions have no origin access identities
# description: |
#   Regions that opened after December 2022 do not know origin access identities: CloudFront cannot
#   read a bucket there as one, whatever the bucket policy says. An origin access control works in
#   all Regions.
# related_resources:
#   - ref: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
#     description: What an OAI does not support
# custom:
#   id: oai-unsupported-region
#   levels: [error]
#   compares: world
#   needs: [oai]
#   fires: |
#     An origin has an OAI, and its bucket is in one of the Regions that opened after December 2022:
#     ap-east-2, ap-southeast-4, ap-southeast-5, ap-southeast-6, ap-southeast-7, ca-west-1,
#     il-central-1 or mx-central-1.
#   breaks: |
#     S3 answers every read with an error.
#   remediation: |
#     Let CloudFront read with an origin access control.
#   example: |
#     resource "aws_cloudfront_origin_access_control" "site" {
#       name                              = "site"
#       origin_access_control_origin_type = "s3"
#       signing_behavior                  = "always"
#       signing_protocol                  = "sigv4"
#     }
#   since: 0.1.0
package oacguard.oai_unsupported_region

import data.oacguard.lib.faults
import data.oacguard.lib.paths
import data.oacguard.lib.reach
import data.oacguard.lib.words

finding contains paths.report(path, site.world, {
	"when": _when(path, site.world),
	"subject": paths.bucket(w),
	"message": concat("", [
		sprintf("CloudFront reads %s, %s, ", [words.origin(path), words.bucket(w)]),
		sprintf("%s, but %s, where that bucket is, has no ", [words.way(w), w.bucket.known.region]),
		"origin access identities.",
		_cause(path, site.world),
	]),
	"why": concat("", [
		"S3 in Regions that opened after December 2022 does not know the identity, ",
		"so every request that the cache does not hold fails.",
		words.masked(w),
	]),
	"fix": words.steps(words.to_oac(path, w)),
	"evidence": array.concat(w.evidence.access, w.evidence.bucket),
}) if {
	some site in paths.sites
	path := input.paths[site.path]
	w := path[site.world]
	reach.outside_oai(w)
}

_when(path, world) := "next-write" if {
	world == "before"
} else := "next-write" if {
	path.after.existing.known == "none"
} else := "next-write" if {
	_standing(path)
} else := "apply"

_standing(path) if {
	reach.outside_oai(path.before)
	not path.change.bucket
	not faults.put_into_service(path)
}

_cause(path, world) := "" if {
	world == "before"
} else := sprintf(" This plan sends viewers there: %s.", [words.service(path)]) if {
	faults.put_into_service(path)
} else := " It is so today; this plan does not change it." if {
	_standing(path)
} else := " This plan creates the path." if {
	path.before == null
} else := sprintf(" This plan points the origin at that bucket, in `%s`.", [path.distribution]) if {
	path.change.bucket
} else := ""

# METADATA
# scope: package
# title: Object ownership must fit the way CloudFront reads
# description: |
#   Under `ObjectWriter` whoever uploads from another account owns the object, and the bucket policy
#   does not reach it: CloudFront gets 403 for it, grant or no grant. Under `BucketOwnerEnforced`
#   object ACLs count for nothing, so an origin access identity or a public site that was let in by
#   them is shut out. It is an error where ACLs are the only way in that is known and this plan
#   switches them off.
# related_resources:
#   - ref: https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
#     description: Object ownership
#   - ref: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
#     description: Which ownership an OAC needs
# custom:
#   id: object-ownership
#   levels: [warning, error]
#   compares: world
#   needs: [ownership]
#   fires: |
#     Ownership is `ObjectWriter` on a bucket that CloudFront reads with an OAC. Or the plan
#     switches ACLs off (`BucketOwnerEnforced`) on a bucket whose policy does not let an OAI or an
#     unsigned origin read, while ACLs may have done so until now.
#   decides: |
#     An error where ACLs were the only way in that is known, as all of it is lost; a warning for
#     `ObjectWriter`, which concerns objects of other accounts only.
#   breaks: |
#     S3 answers with 403 `AccessDenied` what ACLs let CloudFront read until now.
#   remediation: |
#     Grant access in the bucket policy, apply, and then set `BucketOwnerEnforced`.
#   example: |
#     resource "aws_s3_bucket_ownership_controls" "site" {
#       bucket = aws_s3_bucket.site.id
#
#       rule {
#         object_ownership = "BucketOwnerEnforced"
#       }
#     }
#   since: 0.1.0
package oacguard.object_ownership

import data.oacguard.lib.faults
import data.oacguard.lib.paths
import data.oacguard.lib.reach
import data.oacguard.lib.statements
import data.oacguard.lib.words

# ACLs were the way in, and count no longer.
finding contains paths.report(path, "after", {
	"severity": "error",
	"when": "apply",
	"subject": paths.bucket(w),
	"message": concat("", [
		sprintf("CloudFront reads %s, %s, ", [words.origin(path), words.bucket(w)]),
		sprintf("%s, and only object ACLs can have let it: %s. ", [
			words.way(w),
			w.bucket_grant.known.reason,
		]),
		sprintf("This plan switches ACLs off in `%s`.", [w.ownership.address]),
	]),
	"why": concat("", [
		"Under `BucketOwnerEnforced` S3 ignores every object ACL. ",
		"What they let CloudFront read gets 403 AccessDenied with this apply.",
		words.masked(w),
	]),
	"fix": concat("\n", [
		sprintf("Apply this statement first, in the policy of %s, and switch ACLs off afterwards:", [
			words.bucket(w),
		]),
		statements.read(path, w),
	]),
	"evidence": array.concat(
		w.evidence.access,
		array.concat(w.evidence.bucket, w.evidence.grants),
	),
}) if {
	some path in input.paths
	w := path.after
	reach.acls_go(path)
}

# Objects of other accounts escape the policy.
finding contains paths.report(path, site.world, {
	"subject": paths.bucket(w),
	"message": concat("", [
		sprintf("CloudFront reads %s, %s, with an OAC, ", [words.origin(path), words.bucket(w)]),
		sprintf("but `%s` leaves objects to whoever writes them (`ObjectWriter`).", [
			w.ownership.address,
		]),
	]),
	"why": concat("", [
		"An object that another account uploads is not the bucket owner's, so the bucket policy does ",
		"not reach it, and CloudFront gets 403 AccessDenied for it.",
	]),
	"fix": concat("", [
		sprintf("Set `object_ownership = \"BucketOwnerEnforced\"` in `%s`, or ", [w.ownership.address]),
		"`BucketOwnerPreferred` where something still needs ACLs.",
	]),
	"evidence": array.concat(w.evidence.access, w.evidence.bucket),
}) if {
	some site in paths.sites
	path := input.paths[site.path]
	w := path[site.world]
	w.access.known == "oac"
	w.ownership.rule.known == "ObjectWriter"
	not faults.rejected(w)
}

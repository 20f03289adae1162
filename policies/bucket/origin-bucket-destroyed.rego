# METADATA
# scope: package
# title: The origin bucket must not go while the distribution stays
# description: |
#   A distribution whose origin bucket is gone answers every request that is not cached with an
#   error. Bucket names are free for anyone once a bucket is deleted: whoever takes the name decides
#   what the site serves.
# related_resources:
#   - ref: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
#     description: Delete a distribution before its bucket
#   - ref: https://docs.aws.amazon.com/AmazonS3/latest/userguide/delete-bucket.html
#     description: What deleting a bucket does to its name
#   - ref: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket
#     description: "Terraform: aws_s3_bucket"
# custom:
#   id: origin-bucket-destroyed
#   levels: [error]
#   compares: world
#   needs: [destroyed-bucket]
#   fires: |
#     The plan destroys a bucket, or replaces it by one of another name, and a distribution stays
#     whose origin still leads to it.
#   breaks: |
#     S3 answers with 404 `NoSuchBucket`, until somebody else makes a bucket of that name.
#   remediation: |
#     Take the origin off the distribution first, or delete the distribution, and destroy the bucket
#     in a later apply.
#   example: |
#     # As long as a distribution reads it:
#     resource "aws_s3_bucket" "site" {
#       bucket = "example-site"
#
#       lifecycle {
#         prevent_destroy = true
#       }
#     }
#   since: 0.1.0
package oacguard.origin_bucket_destroyed

import data.oacguard.lib.faults
import data.oacguard.lib.paths
import data.oacguard.lib.words

finding contains paths.report(path, site.world, {
	"when": "apply",
	"subject": w.destroyed_bucket,
	"message": sprintf("This plan destroys bucket `%s`, and %s still reads it.", [
		w.destroyed_bucket,
		words.origin(path),
	]),
	"why": concat("", [
		"Viewers get 404 NoSuchBucket for what is not cached, and anyone may take the name of the ",
		"bucket and serve the site from then on.",
		words.masked(w),
	]),
	"fix": concat("\n", [
		sprintf("1. Keep `%s` for now.", [w.destroyed_bucket]),
		sprintf("2. Take %s off the distribution, or delete that; apply.", [words.origin(path)]),
		"3. Once that is deployed, destroy the bucket.",
	]),
	"evidence": array.concat(w.evidence.access, w.evidence.bucket),
}) if {
	some site in paths.sites
	path := input.paths[site.path]
	w := path[site.world]
	faults.orphaned(w)
}

# METADATA
# scope: package
# title: An alias means the key of whoever uploads
# description: |
#   KMS looks an alias up in the account of whoever makes the request. Where another account uploads
#   to the bucket, the same alias is another key there, or none. The ARN of the key means one key
#   only.
# related_resources:
#   - ref: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ServerSideEncryptionRule.html
#     description: How S3 resolves an alias
# custom:
#   id: cross-account-key-alias
#   levels: [note]
#   compares: world
#   needs: [key-alias]
#   fires: |
#     The default encryption of an origin bucket names a customer's key by an alias, by its name or
#     by its ARN.
#   remediation: |
#     Name the key by its ARN in `kms_master_key_id`.
#   example: |
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
package oacguard.cross_account_key_alias

import data.oacguard.lib.faults
import data.oacguard.lib.paths
import data.oacguard.lib.words

finding contains paths.report(path, site.world, {
	"subject": paths.bucket(w),
	"message": concat("", [
		sprintf("%s names its key by an alias: ", [words.encryption_place(w)]),
		sprintf("an upload to %s from another account would use what is called so there.", [
			words.bucket(w),
		]),
	]),
	"why": concat("", [
		"KMS resolves an alias in the account of the requester. ",
		"CloudFront can only read what is under a key whose policy admits it.",
	]),
	"fix": sprintf("Set `kms_master_key_id` in %s to the ARN of the key.", [
		words.encryption_place(w),
	]),
	"evidence": w.evidence.key,
}) if {
	some site in paths.sites
	path := input.paths[site.path]
	w := path[site.world]
	faults.kms(w)
	w.encryption.known.by_alias
	not w.key.known.manager.known == "aws"
}

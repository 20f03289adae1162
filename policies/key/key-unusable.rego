# METADATA
# scope: package
# title: S3 can only use a symmetric key of the bucket's own Region
# description: |
#   S3 asks KMS in the Region of the bucket, for a symmetric key that is made for encryption. With a
#   key of another Region, an asymmetric one or one for signatures as the default, nothing can be
#   written to the bucket any more. Of a multi-Region key, the replica in the bucket's Region is the
#   one to name.
# related_resources:
#   - ref: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
#     description: Which keys S3 can use
#   - ref: https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html
#     description: Multi-Region keys
# custom:
#   id: key-unusable
#   levels: [error]
#   compares: world
#   needs: [oac and kms]
#   fires: |
#     CloudFront reads a bucket with an OAC, and the key of its default encryption is one that S3
#     cannot use for that bucket: by its ARN it is in another Region, or it is an asymmetric key or
#     one that is not made for encryption.
#   breaks: |
#     S3 refuses uploads to the bucket, so the next deployment fails; what lies there stays as it
#     is.
#   remediation: |
#     Name a symmetric key (`SYMMETRIC_DEFAULT`, `ENCRYPT_DECRYPT`) of the bucket's Region as
#     `kms_master_key_id`, and let its policy admit CloudFront.
#   example: |
#     resource "aws_kms_key" "site" {
#       description              = "site"
#       key_usage                = "ENCRYPT_DECRYPT"
#       customer_master_key_spec = "SYMMETRIC_DEFAULT"
#     }
#
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
package oacguard.key_unusable

import data.oacguard.lib.keys
import data.oacguard.lib.paths
import data.oacguard.lib.words

finding contains paths.report(path, site.world, {
	"when": "next-write",
	"subject": w.key.known.label,
	"message": concat("", [
		sprintf("CloudFront reads %s, %s, with an OAC, ", [words.origin(path), words.bucket(w)]),
		sprintf("but S3 cannot use %s for that bucket: %s.", [words.key(w), _misfit(unfit)]),
		_cause(path, site.world, w),
	]),
	"why": concat("", [
		"S3 uses symmetric encryption keys of the bucket's own Region only. ",
		"It refuses every upload that takes the default, so the next deployment fails.",
	]),
	"fix": sprintf("Name another key in %s: one that %s, and whose policy allows %s.", [
		words.encryption_place(w),
		_fit[unfit.how],
		words.decrypt(path),
	]),
	"evidence": array.concat(w.evidence.encryption, w.evidence.key),
}) if {
	some site in paths.sites
	path := input.paths[site.path]
	w := path[site.world]
	keys.unfit(w)
	unfit := w.key.known.unfit
}

_misfit(unfit) := sprintf("it is in %s, and the bucket in %s", [unfit.is, unfit.needs]) if {
	unfit.how == "other-region"
} else := sprintf("it is made for `%s`, not for `%s`", [unfit.is, unfit.needs]) if {
	unfit.how == "usage"
} else := sprintf("it is of the type `%s`, not `%s`", [unfit.is, unfit.needs])

_fit := {
	"other-region": "is in the bucket's Region (of a multi-Region key, its replica there)",
	"usage": "is made for encryption (`key_usage = \"ENCRYPT_DECRYPT\"`)",
	"spec": "is symmetric (`customer_master_key_spec = \"SYMMETRIC_DEFAULT\"`)",
}

_cause(path, world, w) := "" if {
	world == "before"
} else := " It is so today; this plan does not change it." if {
	keys.unfit(path.before)
	path.before.key.known.label == w.key.known.label
	not path.change.bucket
} else := words.cause(path, world)

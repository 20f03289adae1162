# METADATA
# scope: package
# title: Replicas under a KMS key must be readable where they arrive
# description: |
#   Replication writes what a KMS key encrypts in the source bucket under the replica key, whatever
#   the default of the bucket that gets it. Behind an origin access identity or unsigned, CloudFront
#   cannot read it; behind an origin access control the policy of the replica key has to admit it. A
#   failover origin breaks like this without anybody noticing. It is an error where the encryption
#   of the source, the replica key and the reader are all certain.
# related_resources:
#   - ref: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html
#     description: Replicating encrypted objects
#   - ref: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
#     description: What an OAI does not support
# custom:
#   id: replica-kms-objects
#   levels: [error, warning]
#   compares: world
#   needs: [replicas]
#   fires: |
#     An enabled replication rule that selects what a KMS key encrypts writes into the bucket of an
#     origin that reads as an OAI or unsigned, or of one with an OAC that the policy of the replica
#     key does not admit. Replicas of objects under SSE-S3 keep SSE-S3, and what lies outside the
#     origin path, or where no behaviour leads, is never asked for.
#   decides: |
#     An error where the source bucket's default is known to be KMS and the rule, its selection, its
#     prefix and its destination are known; a warning as soon as one of them is not, or the origin
#     is asked for only a part of what lies under the prefix.
#   breaks: |
#     S3 answers reads of replicas with an error.
#   remediation: |
#     Let CloudFront read the bucket with an origin access control, and let the policy of the
#     replica key allow `cloudfront.amazonaws.com` to `kms:Decrypt`; or keep the source under
#     SSE-S3.
#   example: |
#     resource "aws_s3_bucket_replication_configuration" "main" {
#       bucket = aws_s3_bucket.main.id
#       role   = aws_iam_role.replication.arn
#
#       rule {
#         id     = "all"
#         status = "Enabled"
#
#         source_selection_criteria {
#           sse_kms_encrypted_objects {
#             status = "Enabled"
#           }
#         }
#
#         destination {
#           bucket = aws_s3_bucket.site.arn
#
#           encryption_configuration {
#             replica_kms_key_id = aws_kms_key.site.arn
#           }
#         }
#       }
#     }
#   since: 0.1.0
package oacguard.replica_kms_objects

import data.oacguard.lib.faults
import data.oacguard.lib.paths
import data.oacguard.lib.replicas
import data.oacguard.lib.statements
import data.oacguard.lib.words

finding contains paths.report(path, site.world, {
	"severity": _severity(replica),
	"when": _when(path, site.world, replica),
	"subject": paths.bucket(w),
	"message": concat("", [
		sprintf("CloudFront reads %s, %s, %s, ", [
			words.origin(path),
			words.bucket(w),
			words.way(w),
		]),
		sprintf("but `%s` %s objects there %s, %s.", [
			replica.address,
			_brings(replica),
			_under(replica),
			replicas.fault(w, replica),
		]),
	]),
	"why": concat("", [
		"Replicas of objects under a KMS key are encrypted with the replica key, ",
		"whatever the default of the bucket is. ",
		_doubt(replica),
		words.masked(w),
	]),
	"fix": _fix(path, w, replica),
	"evidence": array.concat(w.evidence.access, replica.evidence),
}) if {
	some site in paths.sites
	path := input.paths[site.path]
	w := path[site.world]
	some replica in w.replicas
	replicas.fault(w, replica)
}

# What was replicated until now is lost at once where viewers could read it.
_when(path, world, replica) := "apply" if {
	world == "after"
	not path.change.bucket
	some old in path.before.replicas
	old.address == replica.address
	not _unread(path, old)
} else := "next-write"

_unread(path, old) if {
	replicas.fault(path.before, old)
	not faults.put_into_service(path)
}

_severity(replica) := "error" if {
	replicas.certain(replica)
} else := "warning"

_brings(replica) := "writes" if {
	replicas.certain(replica)
} else := "may write"

_under(replica) := sprintf("under %s", [_key(replica)])

_key(replica) := sprintf("the key %s", [words.label(replica.key.known)]) if {
	replica.key.known
} else := "a KMS key"

_doubt(replica) := "" if {
	replicas.certain(replica)
} else := sprintf("Whether it brings any cannot be told: %s. ", [concat("; ", [fact.unknown |
	some fact in [
		replica.into_this_bucket,
		replica.enabled,
		replica.selected,
		replica.source_encryption,
		replica.served,
	]
	fact.unknown
])])

_fix(path, w, replica) := concat("\n", [
	sprintf("Add this statement to the policy of %s:", [_key(replica)]),
	statements.decrypt(path, w),
]) if {
	w.access.known == "oac"
	not replica.key.known.manager.known == "aws"
} else := sprintf(
	"Name a customer managed key as `replica_kms_key_id` in `%s`, whose policy allows %s.",
	[replica.address, words.decrypt(path)],
) if {
	w.access.known == "oac"
} else := words.steps(array.concat(
	words.to_oac(path, w),
	[sprintf("Let the policy of the replica key allow %s.", [words.decrypt(path)])],
))

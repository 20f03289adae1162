# METADATA
# scope: package
# title: A key must stay usable as long as objects need it
# description: |
#   Objects keep the key they were written with. Once that key is disabled, scheduled for deletion
#   or closed to CloudFront, none of them can be read, whatever the default of the bucket is by
#   then. A key that Terraform replaces is two keys: the old one is scheduled for deletion, and with
#   it go the objects, for good when the waiting period is over.
# related_resources:
#   - ref: https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
#     description: What the state of a key does to its use
#   - ref: https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html
#     description: Deleting keys
#   - ref: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/kms_key
#     description: "Terraform: aws_kms_key"
# custom:
#   id: key-retired-in-use
#   levels: [error]
#   compares: world
#   needs: [retired-keys]
#   fires: |
#     CloudFront reads a bucket with an origin access control (OAC), and a key that objects there
#     need, those of today or those to come, is disabled, destroyed or replaced; or a key that only
#     objects of today need loses its grant for CloudFront. (Where the default key loses it,
#     `oac-key-policy` says so.)
#   breaks: |
#     S3 answers reads of objects under that key with an error such as `KMS.DisabledException`, or
#     with 403 `AccessDenied`. After the waiting period of a deletion they are lost for good.
#   remediation: |
#     Keep the key, enabled and with its grant for CloudFront, until every object under it has been
#     copied in place under another key.
#   example: |
#     # The key of what lies there today stays as it is, its policy too.
#     resource "aws_kms_key" "old" {
#       description = "Objects of before the change of keys"
#       is_enabled  = true
#
#       lifecycle {
#         prevent_destroy = true
#       }
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
package oacguard.key_retired_in_use

import data.oacguard.lib.faults
import data.oacguard.lib.keys
import data.oacguard.lib.paths
import data.oacguard.lib.words

finding contains paths.report(path, site.world, {
	"when": _when(path, site.world, key),
	"subject": key.label,
	"message": sprintf("CloudFront reads %s, %s, with an OAC, but the key %s %s, and %s it.%s", [
		words.origin(path),
		words.bucket(w),
		words.label(key),
		_state[key.how],
		_who(key),
		_cause(path, site.world, key),
	]),
	"why": concat("", [
		"Objects keep the key they were written with, whatever the default becomes. ",
		_answer[key.how],
		words.masked(w),
	]),
	"fix": _fix(path, w, key),
	"evidence": array.concat(
		array.concat(w.evidence.access, w.evidence.encryption),
		array.concat(w.evidence.key, w.evidence.grants),
	),
}) if {
	some site in paths.sites
	path := input.paths[site.path]
	w := path[site.world]
	some key in keys.retired(w)
}

_state := {
	"disabled": "is disabled",
	"destroyed": "is scheduled for deletion",
	"replaced": "is replaced, which schedules the old one for deletion",
	"ungranted": "does not let it decrypt any more",
}

_answer := {
	"disabled": "Viewers get an error such as `KMS.DisabledException` for what is not cached.",
	"destroyed": concat("", [
		"Viewers get an error such as `KMS.KMSInvalidStateException` for what is not cached, ",
		"and after the waiting period these objects are lost for good.",
	]),
	"replaced": concat("", [
		"Viewers get an error such as `KMS.KMSInvalidStateException` for what is not cached, ",
		"and after the waiting period these objects are lost for good.",
	]),
	"ungranted": "Viewers get 403 AccessDenied for what is not cached.",
}

_who(key) := "objects there need" if {
	key.existing
} else := "new objects need"

_when(path, world, key) := "apply" if {
	world == "after"
	key.existing
	not _was_retired(path, key)
} else := "next-write"

_was_retired(path, key) if {
	some old in keys.retired(path.before)
	old.label == key.label
	not faults.put_into_service(path)
}

_cause(path, world, key) := "" if {
	world == "before"
} else := " It is so today; this plan does not change it." if {
	_was_retired(path, key)
} else := " This plan does that."

_fix(path, w, key) := concat("", [
	sprintf("Keep the key %s%s until every object under it has been copied in place ", [
		words.label(key),
		_usable[key.how],
	]),
	sprintf("under the key that is the default of %s by then.", [words.bucket(w)]),
]) if {
	key.existing
} else := concat("", [
	sprintf("Enable the key %s, or give %s ", [words.label(key), words.bucket(w)]),
	"another one, whose policy lets `cloudfront.amazonaws.com` decrypt.",
])

_usable := {
	"disabled": " enabled",
	"destroyed": "",
	"replaced": " as it is, and make a new one beside it,",
	"ungranted": ", with its grant for `cloudfront.amazonaws.com`,",
}

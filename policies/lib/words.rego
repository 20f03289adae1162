# Phrases that findings share: every one names things by their Terraform address.
package oacguard.lib.words

import data.oacguard.lib.faults
import data.oacguard.lib.paths

origin(path) := sprintf("origin `%s` of `%s`", [path.origin, path.distribution])

bucket(w) := sprintf("bucket `%s`", [w.bucket.known.label]) if {
	w.bucket.known
} else := "its bucket"

label(resource) := sprintf("`%s`", [resource.label])

algorithm(w) := "DSSE-KMS" if {
	w.encryption.known.algorithm == "dsse-kms"
} else := "SSE-KMS"

# Where the default encryption is set.
encryption_place(w) := sprintf("`%s`", [w.encryption.known.address]) if {
	is_string(w.encryption.known.address)
} else := sprintf("the default encryption of %s", [bucket(w)])

# What this plan has to do with a fault of reading and encryption; begins with a space, or is empty.
cause(path, world) := "" if {
	world == "before"
} else := " It is so today already; this plan does not change it." if {
	_same_before(path)
} else := " This plan creates the path." if {
	path.before == null
} else := sprintf(" This plan turns that encryption on in `%s`.", [path.after.encryption.known.address]) if {
	path.change.encryption
	paths.changes(path, path.after.encryption.known.address)
} else := " This plan turns that encryption on." if {
	path.change.encryption
} else := sprintf(" This plan changes how CloudFront reads it, in `%s`.", [path.distribution]) if {
	path.change.access
} else := sprintf(" This plan points the origin at that bucket, in `%s`.", [path.distribution]) if {
	path.change.bucket
} else := ""

_same_before(path) if {
	paths.bucket(path.before) == paths.bucket(path.after)
	faults.unreadable(path.before)
	path.before.access.known == path.after.access.known
}

_same_before(path) if {
	paths.bucket(path.before) == paths.bucket(path.after)
	faults.managed_key(path.before)
	faults.managed_key(path.after)
}

# That a failure would not look like one; begins with a space, or is empty.
masked(w) := concat("", [
	" A custom error response of the distribution answers 403 with a success, so the failure can hide",
	" behind a page that looks fine.",
]) if {
	w.error_masked
} else := ""

# The staged way to an OAC, up to the switch.
to_oac(path, w) := concat("", [
	sprintf("first allow `cloudfront.amazonaws.com` to `s3:GetObject` in the policy of %s, with ", [bucket(w)]),
	sprintf("`AWS:SourceArn` = the ARN of `%s`, and apply; then add an ", [path.distribution]),
	"`aws_cloudfront_origin_access_control` (`origin_access_control_origin_type = \"s3\"`, ",
	"`signing_behavior = \"always\"`, `signing_protocol = \"sigv4\"`), set `origin_access_control_id` ",
	sprintf("on origin `%s` to its id%s", [path.origin, _instead(w)]),
])

_instead(w) := " and empty `s3_origin_config.origin_access_identity` in the same change, and apply" if {
	w.oai != null
} else := ", and apply"

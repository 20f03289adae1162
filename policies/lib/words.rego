# Phrases that findings share: every one names things by their Terraform address. None of them may
# ever be undefined, for a finding whose words are undefined is not there.
package oacguard.lib.words

import data.oacguard.lib.faults
import data.oacguard.lib.paths

origin(path) := sprintf("origin `%s` of `%s`", [path.origin, path.distribution])

bucket(w) := sprintf("bucket `%s`", [w.bucket.known.label]) if {
	w.bucket.known
} else := "its bucket"

label(resource) := sprintf("`%s`", [resource.label]) if {
	resource.label
} else := "without a name"

algorithm(w) := "DSSE-KMS" if {
	w.encryption.known.algorithm == "dsse-kms"
} else := "SSE-KMS"

# How CloudFront reads.
way(w) := "with an OAC" if {
	w.access.known == "oac"
} else := sprintf("as the OAI %s", [label(w.oai)]) if {
	w.access.known == "oai"
	w.oai != null
} else := "as an OAI" if {
	w.access.known == "oai"
} else := "through the website endpoint, which takes no signature" if {
	w.access.known == "website"
} else := sprintf("unsigned (the OAC %s never signs)", [label(w.oac)]) if {
	w.oac != null
} else := "unsigned (the origin has neither OAC nor OAI)"

# The statement that a grant or a denial names, by its Sid or its number.
statement(grant) := sprintf("statement `%s`", [grant.sid]) if {
	is_string(grant.sid)
} else := sprintf("statement %d", [grant.statement + 1]) if {
	is_number(grant.statement)
} else := "each statement that denies it"

# Where the default encryption is set.
encryption_place(w) := sprintf("`%s`", [w.encryption.known.address]) if {
	is_string(w.encryption.known.address)
} else := sprintf("the default encryption of %s", [bucket(w)])

# What this plan has to do with KMS objects that CloudFront cannot read; begins with a space, or is
# empty.
cause(path, world) := "" if {
	world == "before"
} else := " It is so today; this plan does not change it." if {
	standing(path)
} else := " This plan creates the path." if {
	path.before == null
} else := sprintf(" This plan turns that on in %s.", [encryption_place(path.after)]) if {
	path.change.encryption
	paths.changes(path, path.after.encryption.known.address)
} else := " This plan turns that encryption on." if {
	path.change.encryption
} else := sprintf(" This plan points the origin at that bucket, in `%s`.", [path.distribution]) if {
	path.change.bucket
} else := sprintf(" This plan changes how CloudFront reads%s.", [_access_place(path)]) if {
	path.change.access
} else := sprintf(" This plan changes the key in %s.", [encryption_place(path.after)]) if {
	path.change.key
} else := ""

_access_place(path) := sprintf(", in `%s`", [path.distribution]) if {
	paths.changes(path, path.distribution)
} else := sprintf(", in `%s`", [path.after.oac.address]) if {
	paths.changes(path, path.after.oac.address)
} else := ""

# The same bucket could not be read for the same reason before.
standing(path) if {
	paths.bucket(path.before) == paths.bucket(path.after)
	faults.unreadable(path.before)
	path.before.access.known == path.after.access.known
}

standing(path) if {
	paths.bucket(path.before) == paths.bucket(path.after)
	faults.managed_key(path.before)
	faults.managed_key(path.after)
}

standing(path) if {
	paths.bucket(path.before) == paths.bucket(path.after)
	faults.locked(path.before)
	faults.locked(path.after)
	path.before.key.known.label == path.after.key.known.label
}

# That a failure would not look like one; begins with a space, or is empty.
masked(w) := concat("", [
	" The distribution turns 403 into a success by a custom error response, ",
	"so the failure can hide behind a page that looks fine.",
]) if {
	w.error_masked
} else := ""

# The staged way to an OAC; goes on after a colon and ends without a full stop.
to_oac(path, w) := concat("", [
	sprintf("first let the policy of %s allow `cloudfront.amazonaws.com` ", [bucket(w)]),
	"to `s3:GetObject`, ",
	sprintf("with `AWS:SourceArn` = the ARN of `%s`, and apply; ", [path.distribution]),
	"then add an `aws_cloudfront_origin_access_control` ",
	"(`origin_access_control_origin_type = \"s3\"`, `signing_behavior = \"always\"`, ",
	"`signing_protocol = \"sigv4\"`) and set `origin_access_control_id` ",
	sprintf("on origin `%s` to its id%s", [path.origin, _instead(w)]),
])

_instead(w) := ", emptying `s3_origin_config.origin_access_identity` in the same change" if {
	w.oai != null
} else := ""

# What has to be done before CloudFront can use the key.
open_key(w) := sprintf("let the policy of the key %s allow %s", [label(w.key.known), _decrypt]) if {
	is_string(w.key.known.label)
	not w.key.known.manager.known == "aws"
} else := sprintf("use a customer managed key whose policy allows %s", [_decrypt])

_decrypt := "`cloudfront.amazonaws.com` to `kms:Decrypt` for this distribution"

# Phrases that findings share: every one names things by their Terraform address. None of them may
# ever be undefined, for a finding whose words are undefined is not there.
package oacguard.lib.words

import data.oacguard.lib.faults
import data.oacguard.lib.keys
import data.oacguard.lib.paths

origin(path) := sprintf("origin `%s` of `%s`", [path.origin, path.distribution])

bucket(w) := sprintf("bucket `%s`", [w.bucket.known.label]) if {
	w.bucket.known
} else := "its bucket"

# What is in brackets is no name that anyone could look up.
label(resource) := resource.label if {
	startswith(resource.label, "(")
} else := sprintf("`%s`", [resource.label]) if {
	resource.label
} else := "without a name"

# The key of the default encryption.
key(w) := sprintf("the key %s", [label(w.key.known)]) if {
	w.key.known
} else := "its key"

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

# The resource that holds a policy; begins with a space.
in_policy(grant) := sprintf(" of the policy in `%s`", [grant.policy]) if {
	is_string(grant.policy)
} else := ""

# A statement and where it stands, to tell it from others.
place(grant) := sprintf("%s, %s", [grant.policy, statement(grant)]) if {
	is_string(grant.policy)
} else := statement(grant)

# Where the default encryption is set.
encryption_place(w) := sprintf("`%s`", [w.encryption.known.address]) if {
	is_string(w.encryption.known.address)
} else := sprintf("the default encryption of %s", [bucket(w)])

# What this plan has to do with KMS objects that CloudFront cannot read; begins with a space, or is
# empty.
cause(path, world) := "" if {
	world == "before"
} else := sprintf(" This plan sends viewers there: %s.", [service(path)]) if {
	faults.put_into_service(path)
} else := " It is so today; this plan does not change it." if {
	standing(path)
} else := " This plan creates the path." if {
	path.before == null
} else := sprintf(" This plan points the origin at that bucket, in `%s`.", [path.distribution]) if {
	path.change.bucket
} else := sprintf(" This plan turns that on in %s.", [encryption_place(path.after)]) if {
	path.change.encryption
	paths.changes(path, path.after.encryption.known.address)
} else := " This plan turns that encryption on." if {
	path.change.encryption
} else := sprintf(" This plan changes how CloudFront reads%s.", [_access_place(path)]) if {
	path.change.access
} else := sprintf(" This plan changes the key in %s.", [encryption_place(path.after)]) if {
	path.change.key
} else := " This plan takes away the function at the edge that may have signed the requests." if {
	path.before.edge_function.known
	path.after.edge_function.known == false
} else := ""

# What sends viewers to an origin that served nobody before.
service(path) := "a behaviour comes to lead to the origin" if {
	not path.before.used
} else := sprintf("it enables `%s`", [path.distribution]) if {
	path.before.enabled.known == false
} else := sprintf("`%s` takes over a path or a host name for it", [path.distribution]) if {
	path.change.viewers
} else := sprintf("`%s` is no staging distribution any more", [path.distribution])

_access_place(path) := sprintf(", in `%s`", [path.after.oac.address]) if {
	path.before.oac.label == path.after.oac.label
	paths.changes(path, path.after.oac.address)
} else := sprintf(", in `%s`", [path.distribution]) if {
	paths.changes(path, path.distribution)
} else := ""

# The same bucket could not be read for the same reason before.
standing(path) if {
	paths.bucket(path.before) == paths.bucket(path.after)
	_fails_alike(path)
}

_fails_alike(path) if {
	path.before.access.known == path.after.access.known
	faults.unreadable(path.before)
}

_fails_alike(path) if {
	keys.managed_key(path.before)
	keys.managed_key(path.after)
}

_fails_alike(path) if {
	keys.locked(path.before)
	keys.locked(path.after)
	path.before.key.known.label == path.after.key.known.label
}

# That a failure would not look like one; begins with a space, or is empty.
masked(w) := concat("", [
	" The distribution turns 403 into a success by a custom error response, ",
	"so the failure can hide behind a page that looks fine.",
]) if {
	w.error_masked
} else := ""

# What to do, one action after the other.
steps(actions) := concat("\n", [sprintf("%d. %s", [index + 1, action]) |
	some index, action in actions
])

# The staged way from an OAI, or from nothing, to an OAC. Each action is an apply of its own:
# Terraform changes a policy that names the distribution only after the distribution.
to_oac(path, w) := array.concat(
	[
		sprintf("%s%s; apply.", [grant_oac(path, w), _beside(w)]),
		sprintf("On %s, %s%s; apply.", [origin(path), use_oac, _instead(w)]),
	],
	_drop_oai(w),
)

grant_oac(path, w) := concat(" ", [
	sprintf("In the policy of %s, allow `cloudfront.amazonaws.com`", [bucket(w)]),
	sprintf("to `s3:GetObject` where `AWS:SourceArn` is the ARN of `%s`", [path.distribution]),
])

use_oac := concat(" ", [
	"set `origin_access_control_id` to the id of an `aws_cloudfront_origin_access_control`",
	"(`origin_access_control_origin_type = \"s3\"`, `signing_behavior = \"always\"`,",
	"`signing_protocol = \"sigv4\"`)",
])

_beside(w) := ", beside what the OAI is granted" if {
	w.oai != null
} else := ""

_instead(w) := " and empty `s3_origin_config.origin_access_identity`" if {
	w.oai != null
} else := " and remove its `custom_origin_config`, if it has one"

_drop_oai(w) := [sprintf("Once that is deployed, remove the OAI %s and its grant; apply.", [
	label(w.oai),
])] if {
	w.oai != null
} else := []

# What has to be done before CloudFront can use the key.
open_key(path, w) := sprintf("let the policy of the key %s allow %s", [
	label(w.key.known),
	decrypt(path),
]) if {
	is_string(w.key.known.label)
	not w.key.known.manager.known == "aws"
} else := sprintf("use a customer managed key whose policy allows %s", [decrypt(path)])

decrypt(path) := concat(" ", [
	"`cloudfront.amazonaws.com` to `kms:Decrypt`",
	sprintf("where `AWS:SourceArn` is the ARN of `%s`", [path.distribution]),
])

# The last step on the way to KMS.
then_kms(path, w) := sprintf("Last, %s, and turn %s on.", [open_key(path, w), algorithm(w)])

# What keeps new objects readable without an OAC that signs.
aes256(w) := sprintf("`sse_algorithm = \"AES256\"` in %s", [encryption_place(w)])

# What to do with objects that lie there under a key; begins with a comma, or is empty.
copy_back(w) := concat("", [
	", and copy in place what is encrypted with KMS already",
	sprintf(" (`%s`)", [copy_command(w)]),
]) if {
	w.existing.known == "kms"
} else := ""

# Writes all objects of the bucket once more, with SSE-S3.
copy_command(w) := sprintf("aws s3 cp %s %s --recursive --sse AES256", [_url(w), _url(w)])

_url(w) := sprintf("s3://%s/", [w.bucket.known.name]) if {
	is_string(w.bucket.known.name)
} else := "s3://BUCKET/"

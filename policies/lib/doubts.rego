# What a plan cannot tell about a path, as far as it matters there: which fact, why, and what would settle it.
package oacguard.lib.doubts

import data.oacguard.lib.faults
import data.oacguard.lib.words

_order := [
	"access", "oac type", "oac signing", "bucket", "endpoint", "encryption", "edge",
	"key", "key manager", "bucket grant", "key grant",
]

# The doubts about the after world of a path, in the order of the path.
all(path) := [doubt |
	not faults.rejected(path.after)
	some kind in _order
	doubt := _doubt(kind, path)
]

_doubt("access", path) := {
	"what": "how CloudFront reaches the origin",
	"why": path.after.access.unknown,
	"settle": sprintf("write `origin_access_control_id` of origin `%s` in `%s` as a plain reference to the OAC", [
		path.origin, path.distribution,
	]),
	"evidence": path.after.evidence.access,
}

_doubt("oac type", path) := {
	"what": sprintf("whether the OAC %s is made for S3", [words.label(path.after.oac)]),
	"why": path.after.oac.origin_type.unknown,
	"settle": "give the plan that holds the OAC as well, or look it up with `data.aws_cloudfront_origin_access_control`",
	"evidence": path.after.evidence.access,
}

_doubt("oac signing", path) := {
	"what": sprintf("whether the OAC %s signs requests", [words.label(path.after.oac)]),
	"why": path.after.oac.signing.unknown,
	"settle": "give the plan that holds the OAC as well, or look it up with `data.aws_cloudfront_origin_access_control`",
	"evidence": path.after.evidence.access,
} if {
	path.after.access.known
}

_doubt("bucket", path) := {
	"what": "which bucket the origin leads to",
	"why": path.after.bucket.unknown,
	"settle": concat("", [
		sprintf("write the `domain_name` of origin `%s` in `%s` as a plain reference to ", [path.origin, path.distribution]),
		"`bucket_regional_domain_name` of the bucket, and give the plan that holds the bucket as well",
	]),
	"evidence": array.concat(path.after.evidence.access, path.after.evidence.bucket),
}

_doubt("endpoint", path) := {
	"what": sprintf("what kind of endpoint of %s it reads", [words.bucket(path.after)]),
	"why": path.after.endpoint.unknown,
	"settle": sprintf("write the `domain_name` of origin `%s` as a plain reference to the bucket's attribute", [path.origin]),
	"evidence": path.after.evidence.bucket,
} if {
	path.after.bucket.known
}

_doubt("encryption", path) := {
	"what": sprintf("how %s encrypts new objects", [words.bucket(path.after)]),
	"why": path.after.encryption.unknown,
	"settle": "set `sse_algorithm` to a value that is known at plan time, or give the plan that sets it as well",
	"evidence": path.after.evidence.encryption,
} if {
	path.after.bucket.known
}

_doubt("edge", path) := {
	"what": "whether a Lambda@Edge function signs the requests, without which KMS objects cannot be read this way",
	"why": _edge(path.after),
	"settle": concat("", [
		"read a KMS object through CloudFront and keep the function on every behaviour that leads to the origin, ",
		"or use an OAC, which needs no function",
	]),
	"evidence": array.concat(path.after.evidence.access, path.after.evidence.encryption),
} if {
	faults.without_kms(path.after)
	_kms_objects(path.after)
}

_doubt("key", path) := {
	"what": sprintf("which KMS key %s encrypts with", [words.bucket(path.after)]),
	"why": path.after.key.unknown,
	"settle": "write `kms_master_key_id` as a plain reference to the key, and give the plan that holds the key as well",
	"evidence": path.after.evidence.key,
} if {
	_needs_key(path.after)
}

_doubt("key manager", path) := {
	"what": sprintf("whether %s is a key of AWS or a customer managed one", [words.label(path.after.key.known)]),
	"why": path.after.key.known.manager.unknown,
	"settle": "give the plan that holds the key as well, or look the key up with `data.aws_kms_key`",
	"evidence": path.after.evidence.key,
} if {
	_needs_key(path.after)
	not path.after.key_grant.known
}

_doubt("bucket grant", path) := {
	"what": sprintf("whether the policy of %s lets CloudFront read", [words.bucket(path.after)]),
	"why": path.after.bucket_grant.unknown,
	"settle": concat("", [
		"write the policy with `data.aws_iam_policy_document`, whose statements a plan shows, ",
		"or check again when its text is known; if it is managed elsewhere, give that plan as well",
	]),
	"evidence": path.after.evidence.grants,
} if {
	path.after.access.known
	path.after.bucket.known
}

_doubt("key grant", path) := {
	"what": sprintf("whether the policy of the key %s lets CloudFront decrypt", [words.label(path.after.key.known)]),
	"why": path.after.key_grant.unknown,
	"settle": concat("", [
		"give the plan that holds the key policy as well, ",
		"or write the policy with `data.aws_iam_policy_document`, whose statements a plan shows",
	]),
	"evidence": path.after.evidence.grants,
} if {
	_needs_key(path.after)
	path.after.key.known
}

_needs_key(w) if {
	w.access.known == "oac"
	w.bucket.known
	faults.kms(w)
}

_kms_objects(w) if faults.kms(w)

_kms_objects(w) if w.existing.known == "kms"

_edge(w) := "every behaviour that leads to the origin has an `origin-request` function, whose code is not in the plan" if {
	w.edge_function.known
} else := w.edge_function.unknown

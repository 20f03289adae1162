# What a plan cannot tell about a path, as far as it matters there: which fact, why, and what would
# settle it.
package oacguard.lib.doubts

import data.oacguard.lib.faults
import data.oacguard.lib.keys
import data.oacguard.lib.objects
import data.oacguard.lib.reach
import data.oacguard.lib.words

# In the order of the path: what comes first explains what follows.
_kinds := [
	"access", "origin", "oac type", "oac signing", "bucket", "endpoint", "encryption", "edge",
	"key", "key manager", "bucket grant", "key grant", "key state",
	"old key", "parting key", "object", "uploads", "public block", "replica",
]

# The doubts about a path in the after world. Where AWS rejects the origin, nothing else comes true.
all(path) := [doubt |
	not faults.rejected(path.after)
	not faults.orphaned(path.after)
	some kind in _kinds
	doubt := _doubt(kind, path, path.after)
]

_doubt("access", path, w) := {
	"what": "how CloudFront reaches the origin",
	"why": w.access.unknown,
	"settle": _settle_access(path, w),
	"evidence": w.evidence.access,
}

_doubt("origin", path, w) := {
	"what": sprintf("whether AWS accepts %s with the OAC %s", [
		words.origin(path),
		words.label(w.oac),
	]),
	"why": w.origin_gap,
	"settle": concat("", [
		sprintf("write the blocks of %s so that a plan shows whether they are ", [words.origin(path)]),
		"there, and no `custom_origin_config` or OAI beside the OAC",
	]),
	"evidence": w.evidence.access,
} if {
	w.origin_gap != null
}

_doubt("oac type", _, w) := {
	"what": sprintf("whether the OAC %s is made for S3", [words.label(w.oac)]),
	"why": w.oac.origin_type.unknown,
	"settle": _look_up_oac,
	"evidence": w.evidence.access,
} if {
	w.oac != null
}

_doubt("oac signing", _, w) := {
	"what": sprintf("whether the OAC %s signs requests", [words.label(w.oac)]),
	"why": w.oac.signing.unknown,
	"settle": _look_up_oac,
	"evidence": w.evidence.access,
} if {
	w.oac != null
	w.access.known
}

_doubt("bucket", path, w) := {
	"what": "which bucket the origin leads to",
	"why": w.bucket.unknown,
	"settle": concat("", [
		sprintf("write the `domain_name` of %s as a plain reference ", [words.origin(path)]),
		"to the bucket's `bucket_regional_domain_name`, and give the plan that holds the bucket",
	]),
	"evidence": array.concat(w.evidence.access, w.evidence.bucket),
} if {
	not _unread(w)
}

_doubt("endpoint", path, w) := {
	"what": sprintf("which kind of endpoint of %s the origin names", [words.bucket(w)]),
	"why": w.endpoint.unknown,
	"settle": concat("", [
		sprintf("write the `domain_name` of %s as a plain reference ", [words.origin(path)]),
		"to the bucket's `bucket_regional_domain_name`",
	]),
	"evidence": array.concat(w.evidence.access, w.evidence.bucket),
} if {
	w.bucket.known
}

_doubt("encryption", _, w) := {
	"what": sprintf("how new objects in %s are encrypted", [words.bucket(w)]),
	"why": w.encryption.unknown,
	"settle": concat("", [
		"write `sse_algorithm` as a value that is known at plan time, ",
		"or give the plan that sets the encryption of the bucket",
	]),
	"evidence": w.evidence.encryption,
} if {
	w.bucket.known
}

_doubt("edge", _, w) := {
	"what": sprintf("whether a Lambda@Edge function signs the requests, without which %s", [lost]),
	"why": _why_edge(w),
	"settle": concat("", [
		sprintf("read %s through CloudFront once, ", [sample]),
		"or use an OAC, which needs no function",
	]),
	"evidence": array.concat(w.evidence.access, evidence),
} if {
	faults.without_kms(w)
	[lost, sample, evidence] := _needs_function(w)
}

_one := "an object under a KMS key"

# Single ones, whatever the default is.
_some := "objects under a KMS key, of which there are some, cannot be read this way"

# What cannot be read without a function that signs, and where that shows.
_needs_function(w) := [
	"objects under a KMS key cannot be read this way",
	_one,
	w.evidence.encryption,
] if {
	_kms_objects(w)
} else := [_some, _one, [evidence |
	some object in objects.encrypted(w)
	some evidence in object.evidence
]] if {
	count(objects.encrypted(w)) > 0
} else := [_some, _one, [evidence |
	some replica in w.replicas
	some evidence in replica.evidence
]] if {
	count(w.replicas) > 0
} else := [_some, _one, w.evidence.grants] if {
	w.forced_uploads != null
} else := [
	sprintf("an OAI is of no use in %s", [w.bucket.known.region]),
	"an object",
	w.evidence.bucket,
] if {
	reach.knows_no_oai(w)
} else := ["the bucket policy does not let CloudFront read", "an object", w.evidence.grants] if {
	w.bucket_grant.known.result != "allowed"
} else := [
	"the public access block shuts CloudFront out",
	"an object",
	w.evidence.grants,
] if {
	w.access.known in {"unsigned", "website"}
	w.public_block.restricts.known == true
}

_doubt("key", _, w) := {
	"what": sprintf("which KMS key encrypts new objects in %s", [words.bucket(w)]),
	"why": w.key.unknown,
	"settle": concat("", [
		"write `kms_master_key_id` as a plain reference to the key, ",
		"and give the plan that holds the key",
	]),
	"evidence": w.evidence.key,
} if {
	_needs_key(w)
}

_doubt("key manager", _, w) := {
	"what": sprintf("whether AWS or the customer manages the key %s", [words.label(w.key.known)]),
	"why": w.key.known.manager.unknown,
	"settle": "give the plan that holds the key, or look the key up with `data.aws_kms_key`",
	"evidence": w.evidence.key,
} if {
	_needs_key(w)
	not w.key_grant.known
}

_doubt("bucket grant", path, w) := {
	"what": sprintf("whether %s lets CloudFront read", [_readers(w)]),
	"why": w.bucket_grant.unknown,
	"settle": _settle_grant(path, w),
	"evidence": w.evidence.grants,
} if {
	w.access.known
	w.bucket.known
	not reach.doubtful(w)
}

_doubt("key grant", _, w) := {
	"what": sprintf("whether the policy of the key %s lets CloudFront decrypt", [
		words.label(w.key.known),
	]),
	"why": w.key_grant.unknown,
	"settle": _settle_policy("the key policy", w.key_grant_gap),
	"evidence": w.evidence.grants,
} if {
	_needs_key(w)
	w.key.known
	not keys.in_context(w)
}

# Objects keep the key they were written with, be the default another one by then.
_doubt("old key", _, w) := {
	"what": sprintf("whether CloudFront may decrypt what lies in %s under the key%s", [
		words.bucket(w),
		_old_key(w),
	]),
	"why": w.existing_key_grant.unknown,
	"settle": concat("", [
		"keep the old key and let its policy admit CloudFront until every object under it has been ",
		"written again, or give the plan that holds it",
	]),
	"evidence": array.concat(w.evidence.encryption, w.evidence.grants),
} if {
	w.access.known == "oac"
	w.existing.known == "kms"
	count(keys.retired(w)) == 0
	not _told_of_today(w)
	not keys.in_context(w)
}

_doubt("key state", _, w) := {
	"what": sprintf("whether %s stays enabled", [_listed(w.unsettled_keys)]),
	"why": "`is_enabled` (or `enabled`) is known after apply",
	"settle": "write whether the key is enabled as a value that is known at plan time",
	"evidence": w.evidence.key,
} if {
	count(w.unsettled_keys) > 0
}

# The default of an earlier day leaves no trace but what its key's policy allows.
_doubt("parting key", _, w) := {
	"what": sprintf("whether objects in %s still need %s", [
		words.bucket(w),
		_listed([key.label | some key in w.parting_keys]),
	]),
	"why": concat("", [
		sprintf("its policy lets this distribution decrypt today, and %s; ", [_parting(w)]),
		"which key objects of old were written with is not in a plan",
	]),
	"settle": concat("", [
		"make sure that no object in the bucket is encrypted with it any more ",
		"(`aws s3api head-object` shows the key of one, S3 Inventory that of all)",
	]),
	"evidence": array.concat(w.evidence.access, w.evidence.encryption),
} if {
	count(w.parting_keys) > 0
}

_parting(w) := "CloudFront could not use it any more" if {
	w.parting_keys[0].how == null
} else := "this plan takes that away" if {
	w.parting_keys[0].how == "ungranted"
} else := "this plan takes it out of use"

_listed(labels) := sprintf("the key `%s`", [labels[0]]) if {
	count(labels) == 1
} else := sprintf("the key `%s` and %d more", [labels[0], count(labels) - 1])

_doubt("public block", _, w) := {
	"what": sprintf("whether who does not sign may read %s", [words.bucket(w)]),
	"why": w.public_block.restricts.unknown,
	"settle": concat("", [
		"write `restrict_public_buckets` as a value that is known at plan time, ",
		"or let CloudFront sign with an OAC, which it does not restrict",
	]),
	"evidence": w.evidence.grants,
} if {
	w.access.known in {"unsigned", "website"}
	w.bucket_grant.known.result == "allowed"
}

# Replicas that an OAC can read if their key's policy admits it.
_doubt("replica", _, w) := {
	"what": sprintf("whether CloudFront can read what `%s` replicates into %s", [
		doubtful[0].address,
		words.bucket(w),
	]),
	"why": _why_replica(doubtful[0]),
	"settle": "name `replica_kms_key_id` as a plain reference, and give the plan that holds the key",
	"evidence": doubtful[0].evidence,
} if {
	w.access.known == "oac"
	doubtful := [replica | some replica in w.replicas; _why_replica(replica)]
	count(doubtful) > 0
}

_why_replica(replica) := replica.key.unknown if {
	replica.key.unknown
} else := replica.key_grant.unknown if {
	replica.key_grant.unknown
	not keys.aws_owned(replica.key)
}

# Single objects whose encryption need not be the default one.
_doubt("object", _, w) := {
	"what": sprintf("whether CloudFront can read %s", [_names(doubtful)]),
	"why": _why_object(doubtful[0], w),
	"settle": concat("", [
		"write `server_side_encryption`, `kms_key_id` and `key` of these objects as values that are ",
		"known at plan time, and give the plan that holds the key",
	]),
	"evidence": [evidence | some object in doubtful; some evidence in object.evidence],
} if {
	w.bucket.known
	w.access.known
	doubtful := [object | some object in w.objects; _why_object(object, w)]
	count(doubtful) > 0
}

_names(doubtful) := sprintf("the object `%s`", [doubtful[0].address]) if {
	count(doubtful) == 1
} else := sprintf("the object `%s` and %d more", [doubtful[0].address, count(doubtful) - 1])

_why_object(object, w) := object.encryption.unknown if {
	object.encryption.unknown
} else := object.served.unknown if {
	object.served.unknown
	_cannot_read(object, w)
} else := concat("", [
	"it is encrypted with a key of the customer's own (SSE-C), which every request has to bring ",
	"along, and CloudFront brings none of its own",
]) if {
	object.served.known
	object.encryption.known == "sse-c"
} else := object.key.unknown if {
	object.served.known
	w.access.known == "oac"
	object.key.unknown
} else := object.key_grant.unknown if {
	object.served.known
	w.access.known == "oac"
	object.key_grant.unknown
}

# Were it served, it could not be read, or that could not be told.
_cannot_read(_, w) if w.access.known != "oac"

_cannot_read(object, w) if {
	w.access.known == "oac"
	not object.key_grant.known.result == "allowed"
}

# Which key an upload names is not in a plan, unless the default settles it.
_doubt("uploads", _, w) := {
	"what": sprintf("which key encrypts what is uploaded to %s", [words.bucket(w)]),
	"why": sprintf("%s%s lets nothing in without a KMS key, and each upload names its own", [
		words.statement(w.forced_uploads),
		words.in_policy(w.forced_uploads),
	]),
	"settle": concat("", [
		"let the bucket policy demand one customer managed key by its ARN, make that the default ",
		"of the bucket, and let its policy admit CloudFront",
	]),
	"evidence": w.evidence.grants,
} if {
	w.forced_uploads != null
	w.access.known == "oac"
	w.encryption.known
	not faults.kms(w)
}

# The key of today is that of new objects, of which the other doubts speak.
_told_of_today(w) if {
	_needs_key(w)
	w.existing_key == w.key
}

_old_key(w) := sprintf(" %s", [words.label(w.existing_key.known)]) if {
	w.existing_key.known
} else := " of today"

_settle_access(path, w) := concat("", [
	sprintf("look by hand at %s: how it is read, ", [words.origin(path)]),
	"from which bucket, and under which key",
]) if {
	_unread(w)
} else := sprintf("write the origin access of %s as a plain reference", [words.origin(path)])

# A type of distribution whose origins are not read: one doubt says it all.
_unread(w) if startswith(w.access.unknown, "this release does not read")

_needs_key(w) if {
	w.access.known == "oac"
	w.bucket.known
	faults.kms(w)
}

_kms_objects(w) if faults.kms(w)

_kms_objects(w) if w.existing.known == "kms"

_why_edge(w) := concat("", [
	"every behaviour that leads to the origin has an `origin-request` function, ",
	"and what it does is not in the plan",
]) if {
	w.edge_function.known
} else := w.edge_function.unknown

_look_up_oac := concat("", [
	"give the plan that holds the OAC, ",
	"or look the OAC up with `data.aws_cloudfront_origin_access_control`",
])

_readers(w) := sprintf("the policy of the access point, with that of %s,", [words.bucket(w)]) if {
	w.endpoint.known == "access-point"
} else := sprintf("the policy of %s", [words.bucket(w)])

# Where not the policy is in doubt but what else lets anybody in.
_settle_grant(path, w) := sprintf(concat(" ", [
	"grant it in the policy of %s, and switch ACLs off by `object_ownership =",
	"\"BucketOwnerEnforced\"` in an `aws_s3_bucket_ownership_controls`",
]), [words.bucket(w)]) if {
	contains(w.bucket_grant.unknown, "object ACLs")
} else := concat("", [
	"let CloudFront read in the policy of the access point, and in the bucket policy as well, or ",
	"leave it to the access point there by a condition on `s3:DataAccessPointAccount`; ",
	"give the plans that hold the access point and these policies",
]) if {
	w.endpoint.known == "access-point"
} else := _settle_policy("the bucket policy", w.bucket_grant_gap)

# Where the statements are there to see, another way to write the policy shows no more of them.
_settle_policy(name, gap) := concat("", [
	sprintf("check again once %s is applied, or write the value that is not known yet ", [name]),
	"as a plain reference to what it names",
]) if {
	gap == "value"
} else := concat("", [
	"read an object through CloudFront once, ",
	sprintf("or write %s so that it does not depend on that", [name]),
]) if {
	gap == "request"
} else := concat("", [
	sprintf("write %s with `data.aws_iam_policy_document`, whose statements a plan shows, ", [name]),
	"give the plan that holds it if that is another one, or check again once it is applied",
])

# Which combinations fail. Policies put them into words; here they share one answer, so that the
# graver fault silences the lesser one and no two of them contradict each other.
package oacguard.lib.faults

import data.oacguard.lib.objects

_s3_endpoints := {"rest", "access-point", "object-lambda", "multi-region"}

# AWS rejects an origin with both an OAI and an OAC.
doubled(w) if {
	w.oai != null
	w.oac != null
}

# AWS rejects an OAC of another type than the origin's.
mistyped(w) if {
	w.oac.origin_type.known != "s3"
	w.endpoint.known in _s3_endpoints
}

mistyped(w) if {
	w.oac.origin_type.known == "s3"
	w.endpoint.known == "other"
}

# A custom origin is no S3 origin, even where its domain is that of a bucket.
mistyped(w) if {
	w.oac.origin_type.known == "s3"
	w.custom_origin
}

# A website endpoint takes no signature.
mistyped(w) if {
	w.endpoint.known == "website"
	some control in [w.oac, w.oai]
	control != null
}

# AWS rejects the distribution, so that nothing else about the path comes true.
rejected(w) if doubled(w)

rejected(w) if mistyped(w)

# New objects are encrypted with a KMS key.
kms(w) if w.encryption.known.algorithm in {"sse-kms", "dsse-kms"}

# CloudFront reads in a way for which S3 never decrypts with a KMS key.
without_kms(w) if w.access.known in {"oai", "unsigned", "website"}

# The same, and no function at the edge may sign the request instead.
keyless(w) if {
	without_kms(w)
	_unhelped(w)
	not rejected(w)
}

_unhelped(w) if w.edge_function.known == false

_no := {"denied", "not-granted"}

# The bucket policy does not let CloudFront read, in the way it does.
refused(w) if {
	w.bucket_grant.known.result in _no
	_asks_itself(w)
	not rejected(w)
}

# A statement of the bucket policy may deny it, and no plan tells whether it does.
doubtful(w) if {
	w.bucket_denial.reason
	_asks_itself(w)
	not w.bucket_grant.known
	not rejected(w)
}

# The OAC is there, and does nothing.
never_signs(w) if {
	w.access.known == "unsigned"
	w.oac.signing.known == "never"
}

# When viewers notice that the bucket policy refuses: at once, unless there is nothing there yet or
# it could not be read before either.
refused_when(path, world) := "next-write" if {
	world == "before"
} else := "next-write" if {
	path.after.existing.known == "none"
} else := "next-write" if {
	refused_before(path)
} else := "apply"

# The same bucket refused before.
refused_before(path) if {
	not path.change.bucket
	not put_into_service(path)
	refused(path.before)
}

# CloudFront's own request is the one that counts.
_asks_itself(w) if w.access.known == "oac"

_asks_itself(w) if {
	without_kms(w)
	_unhelped(w)
}

# New objects cannot be read, because of the way CloudFront reads.
unreadable(w) if {
	keyless(w)
	kms(w)
}

# Objects of today cannot be read, though new ones can: the path is new, or CloudFront read in a way
# until now that may do it, or the origin moves to a bucket that holds them.
stranded(path) if {
	keyless(path.after)
	path.after.existing.known == "kms"
	not kms(path.after)
	_newly_keyless(path)
}

_newly_keyless(path) if not keyless(path.before)

_newly_keyless(path) if path.change.bucket

# Objects of today could not be read before either, and stay like that though new ones can be.
remaining(path) if {
	keyless(path.after)
	path.after.existing.known == "kms"
	path.after.encryption.known
	not kms(path.after)
	not _newly_keyless(path)
}

# The way CloudFront reads fails, in this world of this path.
mode(path, world) if unreadable(path[world])

mode(path, world) if {
	world == "after"
	stranded(path)
}

# The default key's policy cannot be edited, so CloudFront never gets to use it.
managed_key(w) if {
	w.access.known == "oac"
	kms(w)
	w.key.known.manager.known == "aws"
	not rejected(w)
}

# The bucket goes, the distribution stays.
orphaned(w) if is_string(w.destroyed_bucket)

# The keys that objects need and that cannot be used any more.
retired(w) := w.retired_keys if {
	w.access.known == "oac"
	not rejected(w)
} else := []

# The policy of the default key does not let CloudFront use it, though it could.
locked(w) if {
	every key in retired(w) {
		not key.new
	}
	w.access.known == "oac"
	kms(w)
	w.key_grant.known.result in _no
	is_string(w.key.known.label)
	not managed_key(w)
	not rejected(w)
}

# S3 cannot use the key of the default at all.
unfit(w) if {
	w.access.known == "oac"
	kms(w)
	w.key.known.unfit != null
	not rejected(w)
}

# What everybody may read is kept from who does not sign.
shut_out(w) if {
	w.access.known in {"unsigned", "website"}
	_unhelped(w)
	w.bucket_grant.known.result == "allowed"
	w.public_block.restricts.known == true
	not rejected(w)
}

# Regions that opened after December 2022, which know no OAI.
_without_oai := {
	"ap-east-2", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7",
	"ca-west-1", "il-central-1", "mx-central-1",
}

outside_oai(w) if {
	w.access.known == "oai"
	w.bucket.known.region in _without_oai
	_unhelped(w)
	not rejected(w)
}

# ACLs may have let CloudFront read, nothing else does, and this plan switches them off.
acls_go(path) if {
	path.before.rides_on_acls
	not path.change.bucket
	path.after.ownership.rule.known == "BucketOwnerEnforced"
	without_kms(path.after)
	refused(path.after)
}

# Only whether an S3 Bucket Key changes the encryption context is in question.
in_context(w) if {
	w.access.known == "oac"
	w.key_context != null
	not rejected(w)
}

# A staging distribution is refused because policies name another one.
unstaged(w) if unstaged_bucket(w)

unstaged(w) if unstaged_key(w)

unstaged_bucket(w) if {
	w.staging.known == true
	refused(w)
	w.access.known == "oac"
	w.bucket_grant.known.other_source == true
}

unstaged_key(w) if {
	w.staging.known == true
	locked(w)
	w.key_grant.known.other_source == true
}

# Why CloudFront cannot read what a replication brings.
replica_fault(w, replica) := "which cannot be read this way" if {
	keyless(w)
} else := "whose policy nobody can change so that it admits CloudFront" if {
	_signed(w)
	aws_owned(replica.key)
} else := sprintf("whose policy does not let CloudFront decrypt: %s", [reason]) if {
	_signed(w)
	replica.key_grant.known.result in _no
	reason := replica.key_grant.known.reason
}

_signed(w) if {
	w.access.known == "oac"
	not rejected(w)
}

# The replication certainly brings objects under a KMS key.
replica_certain(replica) if {
	replica.into_this_bucket.known
	replica.enabled.known
	replica.selected.known
	replica.source_encryption.known
}

# Objects of today need a key whose policy never let CloudFront decrypt, or that of AWS: neither the
# default of afterwards nor a key that goes says so.
left(w) if {
	w.access.known == "oac"
	w.existing.known == "kms"
	w.existing_key_grant.known.result in _no
	is_string(w.existing_key.known.label)
	not rejected(w)
	not _spoken_for(w)
}

_spoken_for(w) if {
	some key in retired(w)
	key.existing
}

_spoken_for(w) if {
	locked(w)
	w.existing_key.known.label == w.key.known.label
}

_spoken_for(w) if {
	managed_key(w)
	aws_owned(w.existing_key)
}

aws_owned(key) if key.known.manager.known == "aws"

# The worlds in which such objects are to be spoken of: what was dark before, in whatever way, is
# not of this plan's doing.
left_in(path, "after") if left(path.after)

left_in(path, "before") if left(path.before)

left_in(path, "before") if {
	left(path.after)
	path.before.readable.existing == "unreadable"
	not path.change.bucket
	not put_into_service(path)
}

# Where the facts about them stand.
left_world(path, world) := path[world] if {
	left(path[world])
} else := path.after

# When viewers lose them: with this apply, unless they could not be read before.
left_when(path, world) := "next-write" if {
	left_in(path, "before")
} else := "apply" if {
	world == "after"
}

# The OAI or OAC that CloudFront reads with is destroyed before the distribution lets go of it, or
# made anew under the name that the old one still has.
severed(path, control) if {
	path.after != null
	control != null
	_destroyed_first(path, control.address)
	not _destroyed_first(path, path.distribution)
}

severed(path, control) if {
	path.after != null
	control != null
	path.after.oac.address == control.address
	path.after.oac.name_is_taken == true
	not _destroyed_first(path, path.distribution)
}

# With `create_before_destroy`, a replacement is listed the other way round.
_destroyed_first(path, address) if {
	some resource in path.change.resources
	resource.address == address
	resource.actions[0] == "delete"
}

# An error is certain in this world of this path.
failing(path, world) if rejected(path[world])

failing(path, world) if mode(path, world)

failing(path, world) if managed_key(path[world])

failing(path, world) if orphaned(path[world])

failing(path, world) if locked(path[world])

failing(path, world) if count(retired(path[world])) > 0

failing(path, world) if left_in(path, world)

failing(path, world) if refused(path[world])

failing(path, world) if objects.failing(path[world])

failing(path, world) if unfit(path[world])

failing(path, world) if shut_out(path[world])

failing(path, world) if outside_oai(path[world])

failing(path, world) if {
	some replica in path[world].replicas
	replica_certain(replica)
	replica_fault(path[world], replica)
}

failing(path, world) if path[world].readable.new == "unreadable"

# When viewers notice that objects under a KMS key cannot be read: at the apply if some that lie
# there today are lost by it, or if the plan itself writes one, else with the next object written.
onset(path, world) := "apply" if {
	world == "after"
	_some_at_once(path.after)
	not _already_dark(path)
} else := "next-write"

_some_at_once(w) if w.existing.known == "kms"

_some_at_once(w) if w.writes_by_default

# Dark already, and before the eyes of viewers.
_already_dark(path) if {
	_dark(path.before)
	not put_into_service(path)
}

# Viewers are sent to the origin who were not before.
put_into_service(path) if {
	path.before != null
	not serving(path.before)
	serving(path.after)
}

serving(w) if {
	w.used
	not w.enabled.known == false
	not w.staging.known == true
}

_dark(w) if unreadable(w)

_dark(w) if managed_key(w)

_dark(w) if locked(w)

_dark(w) if count(retired(w)) > 0

_dark(w) if w.readable.existing == "unreadable"

# CloudFront comes to read the same bucket with an OAC, and could read it in another way until now.
switches(path) if {
	without_kms(path.before)
	path.after.access.known == "oac"
	not path.change.bucket
	not rejected(path.after)
	not rejected(path.before)
	not refused(path.before)
}

# CloudFront comes to read the same bucket as somebody else, and could read it until now.
exchanges(path) if {
	path.before.access.known in {"oai", "oac"}
	path.after.access.known in {"oai", "oac"}
	path.change.grant_after != null
	not path.change.bucket
	not rejected(path.after)
	not rejected(path.before)
	path.before.bucket_grant.known.result == "allowed"
}

# The answer of a policy, if it is known to be no.
refuses(grant) if grant.known.result in _no

# Which combinations fail. Policies put them into words; here they share one answer, so that the
# graver fault silences the lesser one and no two of them contradict each other.
package oacguard.lib.faults

import data.oacguard.lib.keys
import data.oacguard.lib.objects
import data.oacguard.lib.reach
import data.oacguard.lib.replicas

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
	unhelped(w)
	not rejected(w)
}

unhelped(w) if w.edge_function.known == false

# New objects cannot be read, because of the way CloudFront reads.
unreadable(w) if {
	kms(w)
	keyless(w)
}

# Objects of today cannot be read, though new ones can: the path is new, or CloudFront read in a way
# until now that may do it, or the origin moves to a bucket that holds them.
stranded(path) if {
	path.after.existing.known == "kms"
	not kms(path.after)
	keyless(path.after)
	_newly_keyless(path)
}

_newly_keyless(path) if not keyless(path.before)

_newly_keyless(path) if path.change.bucket

_newly_keyless(path) if put_into_service(path)

# Objects of today could not be read before either, and stay like that though new ones can be.
remaining(path) if {
	path.after.existing.known == "kms"
	path.after.encryption.known
	not kms(path.after)
	keyless(path.after)
	not _newly_keyless(path)
}

# The way CloudFront reads fails, in this world of this path.
mode(path, world) if unreadable(path[world])

mode(path, world) if {
	world == "after"
	stranded(path)
}

# The bucket goes, the distribution stays.
orphaned(w) if is_string(w.destroyed_bucket)

# An error is certain in this world of this path.
failing(path, world) if rejected(path[world])

failing(path, world) if mode(path, world)

failing(path, world) if keys.managed_key(path[world])

failing(path, world) if orphaned(path[world])

failing(path, world) if keys.locked(path[world])

failing(path, world) if count(keys.retired(path[world])) > 0

failing(path, world) if keys.left_in(path, world)

failing(path, world) if reach.refused(path[world])

failing(path, world) if objects.failing(path[world])

failing(path, world) if keys.unfit(path[world])

failing(path, world) if reach.shut_out(path[world])

failing(path, world) if reach.outside_oai(path[world])

failing(path, world) if {
	some replica in path[world].replicas
	replicas.certain(replica)
	replicas.fault(path[world], replica)
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

put_into_service(path) if {
	path.change.viewers
	serving(path.after)
}

# Nobody reads through it, neither before nor after.
idle(path) if {
	path.before.enabled.known == false
	path.after.enabled.known == false
}

serving(w) if {
	w.used
	not w.enabled.known == false
	not w.staging.known == true
}

_dark(w) if unreadable(w)

_dark(w) if keys.managed_key(w)

_dark(w) if keys.locked(w)

_dark(w) if count(keys.retired(w)) > 0

_dark(w) if w.readable.existing == "unreadable"

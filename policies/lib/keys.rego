# What the key of the default, or of what lies in a bucket, keeps CloudFront from.
package oacguard.lib.keys

import data.oacguard.lib.faults

_no := {"denied", "not-granted"}

# The default key's policy cannot be edited, so CloudFront never gets to use it.
managed_key(w) if {
	w.access.known == "oac"
	faults.kms(w)
	w.key.known.manager.known == "aws"
	not faults.rejected(w)
}

# The keys that objects need and that cannot be used any more.
retired(w) := w.retired_keys if {
	w.access.known == "oac"
	not faults.rejected(w)
} else := []

# The policy of the default key does not let CloudFront use it, though it could.
locked(w) if {
	every key in retired(w) {
		not key.new
	}
	w.access.known == "oac"
	faults.kms(w)
	w.key_grant.known.result in _no
	is_string(w.key.known.label)
	not managed_key(w)
	not faults.rejected(w)
}

# S3 cannot use the key of the default at all.
unfit(w) if {
	w.access.known == "oac"
	faults.kms(w)
	w.key.known.unfit != null
	not faults.rejected(w)
}

# Only whether an S3 Bucket Key changes the encryption context is in question.
in_context(w) if {
	w.access.known == "oac"
	w.key_context != null
	not faults.rejected(w)
}

# Objects of today need a key whose policy never let CloudFront decrypt, or that of AWS: neither the
# default of afterwards nor a key that goes says so.
left(w) if {
	w.access.known == "oac"
	w.existing.known == "kms"
	w.existing_key_grant.known.result in _no
	is_string(w.existing_key.known.label)
	not faults.rejected(w)
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
	not faults.put_into_service(path)
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

# Whether the bucket lets CloudFront in, in the way it comes.
package oacguard.lib.reach

import data.oacguard.lib.faults
import data.oacguard.lib.keys

_no := {"denied", "not-granted"}

# The bucket policy does not let CloudFront read, in the way it does.
refused(w) if {
	w.bucket_grant.known.result in _no
	_asks_itself(w)
	not faults.rejected(w)
}

# A statement of the bucket policy may deny it, and no plan tells whether it does.
doubtful(w) if {
	w.bucket_denial.reason
	_asks_itself(w)
	not w.bucket_grant.known
	not faults.rejected(w)
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
	not faults.put_into_service(path)
	refused(path.before)
}

# CloudFront's own request is the one that counts.
_asks_itself(w) if w.access.known == "oac"

_asks_itself(w) if {
	faults.without_kms(w)
	faults.unhelped(w)
}

# What everybody may read is kept from who does not sign.
shut_out(w) if {
	w.access.known in {"unsigned", "website"}
	faults.unhelped(w)
	w.bucket_grant.known.result == "allowed"
	w.public_block.restricts.known == true
	not faults.rejected(w)
}

# Regions that opened after December 2022, which know no OAI.
_without_oai := {
	"ap-east-2", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7",
	"ca-west-1", "il-central-1", "mx-central-1",
}

# An OAI, in a Region that knows none.
knows_no_oai(w) if {
	w.access.known == "oai"
	w.bucket.known.region in _without_oai
}

outside_oai(w) if {
	knows_no_oai(w)
	faults.unhelped(w)
	not faults.rejected(w)
}

# ACLs may have let CloudFront read, nothing else does, and this plan switches them off.
acls_go(path) if {
	path.before.rides_on_acls
	not path.change.bucket
	path.after.ownership.rule.known == "BucketOwnerEnforced"
	faults.without_kms(path.after)
	refused(path.after)
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
	keys.locked(w)
	w.key_grant.known.other_source == true
}

# The answer of a policy, if it is known to be no.
refuses(grant) if grant.known.result in _no

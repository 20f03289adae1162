# What a replication brings into a bucket.
package oacguard.lib.replicas

import data.oacguard.lib.faults
import data.oacguard.lib.keys

_no := {"denied", "not-granted"}

# Why CloudFront cannot read what a replication brings.
fault(w, replica) := "which cannot be read this way" if {
	faults.keyless(w)
} else := "whose policy nobody can change so that it admits CloudFront" if {
	_signed(w)
	keys.aws_owned(replica.key)
} else := sprintf("whose policy does not let CloudFront decrypt: %s", [reason]) if {
	_signed(w)
	replica.key_grant.known.result in _no
	reason := replica.key_grant.known.reason
}

_signed(w) if {
	w.access.known == "oac"
	not faults.rejected(w)
}

# The replication certainly brings objects under a KMS key.
certain(replica) if {
	replica.into_this_bucket.known
	replica.enabled.known
	replica.selected.known
	replica.source_encryption.known
	replica.served.known
}

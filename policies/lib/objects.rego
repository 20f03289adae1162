# Single objects of the plan that CloudFront cannot read, because of what encrypts them.
package oacguard.lib.objects

import data.oacguard.lib.faults
import data.oacguard.lib.keys

_kms := {"sse-kms", "dsse-kms"}

# Those that a KMS key encrypts and that the origin is asked for.
encrypted(w) := [object |
	some object in w.objects
	object.served.known == true
	object.encryption.known in _kms
]

# Those that CloudFront cannot read in the way it does. Where the default of the bucket is KMS as
# well, that is said once, and here only of objects that ask for it themselves.
dark(w) := [object |
	faults.keyless(w)
	some object in encrypted(w)
	_own_doing(object, w)
]

_own_doing(object, _) if object.configured

_own_doing(_, w) if not faults.unreadable(w)

# Those that an OAC cannot read, as they need the AWS managed key.
managed(w) := [object |
	_signed(w)
	some object in encrypted(w)
	_is_managed(object)
]

# Those that an OAC cannot read, as the policy of their key does not admit it. Of the default key,
# and of keys that are gone altogether, others speak.
locked(w) := [object |
	_signed(w)
	some object in encrypted(w)
	object.key_grant.known.result in {"denied", "not-granted"}
	is_string(object.key.known.label)
	not _is_managed(object)
	not _is_default(object, w)
	not _is_retired(object, w)
]

# Those that CloudFront cannot read, for whichever reason.
unread(w) := array.concat(dark(w), array.concat(managed(w), locked(w)))

_signed(w) if {
	w.access.known == "oac"
	not faults.rejected(w)
}

_is_managed(object) if object.key.known.manager.known == "aws"

_is_default(object, w) if object.key.known.label == w.key.known.label

_is_retired(object, w) if {
	some key in keys.retired(w)
	key.label == object.key.known.label
}

# Uploads have no choice but a KMS key, and CloudFront cannot read what it encrypts.
forced(w) if {
	w.forced_uploads != null
	faults.keyless(w)
}

# Some object cannot be read, or none that is uploaded from now on.
failing(w) if {
	count(w.objects) > 0
	count(unread(w)) > 0
}

failing(w) if forced(w)

# The same object could not be read for the same reason before.
standing(path, object, dark_before) if {
	not faults.put_into_service(path)
	some old in dark_before
	old.address == object.address
}

# What happens while CloudFront comes to read as somebody else.
package oacguard.lib.switches

import data.oacguard.lib.faults
import data.oacguard.lib.reach

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

# CloudFront comes to read the same bucket with an OAC, and could read it in another way until now.
to_oac(path) if {
	faults.without_kms(path.before)
	path.after.access.known == "oac"
	not path.change.bucket
	not faults.idle(path)
	not faults.rejected(path.after)
	not faults.rejected(path.before)
	not reach.refused(path.before)
}

# CloudFront comes to read the same bucket as somebody else, and could read it until now.
exchanges(path) if {
	path.before.access.known in {"oai", "oac"}
	path.after.access.known in {"oai", "oac"}
	path.change.grant_after != null
	not path.change.bucket
	not faults.idle(path)
	not faults.rejected(path.after)
	not faults.rejected(path.before)
	path.before.bucket_grant.known.result == "allowed"
}

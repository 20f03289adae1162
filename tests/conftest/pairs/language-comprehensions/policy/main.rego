package main

deny contains sprintf("%d of %s", [count(addresses), kind]) if {
	some kind, addresses in by_type
	count(addresses) > 1
}

by_type := {kind: addresses |
	some change in input.resource_changes
	kind := change.type
	addresses := {other.address |
		some other in input.resource_changes
		other.type == kind
	}
}

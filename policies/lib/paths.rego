# Where policies meet the facts: each access path in each world it exists in, and findings about it.
package oacguard.lib.paths

# Every access path in every world it exists in.
sites contains {"path": path.id, "world": world} if {
	some path in input.paths
	some world in ["before", "after"]
	path[world] != null
}

# A finding about a path in one world; `fields` may overrule the defaults.
report(path, world, fields) := object.union(
	{"path": path.id, "plan": null, "world": world, "when": null, "subject": null},
	fields,
)

# The label of the bucket, or null.
bucket(w) := object.get(w.bucket, ["known", "label"], null)

# The label of the key of the default encryption, or null.
key(w) := w.key.known.label if {
	w.key.known.label
} else := null

# Whether this plan changes the resource at an address.
changes(path, address) if {
	some resource in path.change.resources
	resource.address == address
}

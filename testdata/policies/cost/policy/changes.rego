# METADATA
# title: Changes of a plan, by what they do
package lib.changes

# METADATA
# description: The changes after which there is a resource of the type `kind` that is new or another.
made(kind) := [change |
	some change in input.resource_changes
	change.mode == "managed"
	change.type == kind
	some action in change.change.actions
	action in {"create", "update"}
]

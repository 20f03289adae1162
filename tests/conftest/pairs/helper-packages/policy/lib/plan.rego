package lib.plan

of_type(kind) := [change |
	some change in input.resource_changes
	change.type == kind
]

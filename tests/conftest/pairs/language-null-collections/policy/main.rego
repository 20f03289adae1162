package main

deny contains "some" if {
	some change in input.resource_changes
	some _ in change.change.before
}

deny contains sprintf("tag %s", [key]) if {
	some key, _ in input.resource_changes[0].change.before
}

deny contains "members" if input.resource_changes[0].change.before[_]

deny contains "every" if {
	every value in input.resource_changes[0].change.before {
		value
	}
}

deny contains "none" if count([key | some key, _ in input.resource_changes[0].change.before]) == 0

deny contains "not in" if not "a" in input.resource_changes[0].change.before

package main

deny contains input.resource_changes[i].type if {
	some i
	input.resource_changes[i].name == "data"
}

deny contains change.type if {
	change := input.resource_changes[_]
	change.index == "dead"
}

deny contains sprintf("%s has tags", [change.address]) if {
	change := input.resource_changes[_]
	change.change.after.tags[_] == "svc-000"
}

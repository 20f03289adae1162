package main

deny contains sprintf("%s is deleted", [change.address]) if {
	some change in input.resource_changes
	change.change.actions == ["delete"]
}

warn contains sprintf("%s is replaced", [change.address]) if {
	some change in input.resource_changes
	count({"delete", "create"} & {action | some action in change.change.actions}) == 2
}

package main

deny contains change.address if {
	some change in input.resource_changes
	"delete" in change.change.actions
}

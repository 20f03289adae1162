package main

deny contains "told"

warn contains "never" if {
	false
	frobnicate(input.resource_changes)
}

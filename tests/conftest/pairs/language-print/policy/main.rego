package main

deny contains "told" if {
	print("seen", count(input.resource_changes))
	count(input.resource_changes) > 0
}

package main

deny := ["first"] if {
	input.nowhere
} else := ["second"] if {
	input.resource_changes
}

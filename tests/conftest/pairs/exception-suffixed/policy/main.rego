package main

deny_size contains "too large"

deny_tags contains "no tags"

exception contains rules if {
	input.resource_changes
	rules := ["size"]
}

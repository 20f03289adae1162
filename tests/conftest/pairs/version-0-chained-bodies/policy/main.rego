package main

deny[msg] {
	input.nowhere
	msg := "never"
} {
	input.resource_changes
	msg := "told"
}

package main

deny_a contains "a"

deny_b contains "b"

exception contains ["a"]

exception contains ["a", "b"] if input.resource_changes

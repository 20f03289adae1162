package main

test_denies if deny with input.resource_changes as [1, 2]

test_fails if false

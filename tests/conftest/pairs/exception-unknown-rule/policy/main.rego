package main

deny_a contains "a"

exception contains ["b", "deny_a", "A"]

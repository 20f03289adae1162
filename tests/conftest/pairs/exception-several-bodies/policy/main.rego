package main

deny_a contains "a"

deny_a contains "b"

deny_a contains "c" if false

exception contains ["a"]

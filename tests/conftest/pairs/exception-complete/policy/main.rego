package main

deny_a contains "a"

exception := [["b"], ["a"]]

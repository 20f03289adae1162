package main

deny_a contains "a" if false

exception contains ["a"]

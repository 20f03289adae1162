package main

deny_a contains "a"

exception contains ["a"] if input.nowhere

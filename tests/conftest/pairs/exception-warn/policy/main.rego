package main

warn_a contains "a"

warn contains "plain"

exception contains ["a"]

package main

deny contains size("t3.micro")

size(kind) := "small" if startswith(kind, "t3")

size(kind) := "tiny" if endswith(kind, "micro")

package main

default deny := false

deny := true if count(input.resource_changes) > 1000

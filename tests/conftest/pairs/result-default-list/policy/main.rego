package main

default deny := []

deny := ["many changes"] if count(input.resource_changes) > 1000

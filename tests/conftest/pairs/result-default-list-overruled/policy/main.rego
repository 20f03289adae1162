package main

default deny := []

deny := ["some changes"] if count(input.resource_changes) > 1

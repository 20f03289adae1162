package main

deny contains input[0].path if count(input) == 1

deny contains "no list" if input.resource_changes

package main

deny contains "same"

deny contains "same" if input.resource_changes

deny contains "same" if count(input.resource_changes) > 0

package main

deny contains true if count(input.resource_changes) > 1

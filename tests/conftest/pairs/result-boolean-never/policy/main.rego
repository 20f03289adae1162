package main

deny if count(input.resource_changes) > 1000

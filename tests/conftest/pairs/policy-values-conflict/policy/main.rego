package main

deny contains sprintf("limit %d", [limit])

limit := 1 if count(input.resource_changes) > 1

limit := 2 if count(input.resource_changes) > 2

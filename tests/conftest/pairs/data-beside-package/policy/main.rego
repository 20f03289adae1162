package main

deny contains sprintf("more than %d", [data.main.limit]) if count(input.resource_changes) > data.main.limit

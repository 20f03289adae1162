package main

deny contains sprintf("%d", [to_number(change.type)]) if some change in input.resource_changes

package main

deny contains "of the other input" if other with input.resource_changes as []

other if count(input.resource_changes) == 0

package main

deny contains "over" if count(input.resource_changes) > data.limit

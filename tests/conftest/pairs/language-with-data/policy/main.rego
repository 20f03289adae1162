package main

deny contains "limit of 1" if over with data.limit as 1

deny contains "limit of 10" if over with data.limit as 10

over if count(input.resource_changes) > data.limit

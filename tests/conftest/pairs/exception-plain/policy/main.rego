package main

deny contains "plain"

deny_tags contains "suffixed"

exception contains [""] if input.resource_changes

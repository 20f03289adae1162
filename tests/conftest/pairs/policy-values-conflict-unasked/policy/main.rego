package main

deny contains "told"

limit := 1 if input.resource_changes

limit := 2 if input.format_version

package main

deny contains "no variables" if not input.variables.environment.value

deny contains "no such resource" if not input.resource_changes[99]

package main

deny contains "null" if input.resource_changes[0].change.before == null

deny contains "false" if input.errored == false

deny contains "missing" if input.missing == null

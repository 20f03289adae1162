package main["a-b"]

deny contains "told" if input.resource_changes

deny_exempt contains "exempt"

exception contains ["exempt"]

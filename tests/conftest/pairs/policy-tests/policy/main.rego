package main

deny contains "told" if count(input.resource_changes) > 1

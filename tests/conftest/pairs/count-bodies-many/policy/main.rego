package main

deny contains change.address if some change in input.resource_changes

deny contains "never" if input.nowhere

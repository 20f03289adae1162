package main

deny contains "a" if input.nowhere

deny contains "b" if input.resource_changes[_].type == "aws_vpc"

deny contains "c" if false

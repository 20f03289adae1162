package main

deny(change) := "never called" if change.type == "aws_instance"

warn contains "told"

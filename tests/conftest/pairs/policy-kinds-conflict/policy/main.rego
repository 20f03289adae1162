package main

deny contains "a set"

deny := ["a list"]

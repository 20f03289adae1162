package main

deny contains "two"

helper := true

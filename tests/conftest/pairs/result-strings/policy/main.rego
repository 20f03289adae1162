package main

deny contains "one"

deny contains "two"

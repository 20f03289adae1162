package main

deny contains "one"

deny contains "never" if false

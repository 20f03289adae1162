package main

deny contains "more"

deny contains "never" if false

package main

deny contains "plain"

exception contains ["deny"]

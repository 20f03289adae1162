package main

deny := ["b", "a", "b"]

package main

deny contains ["address", "message"]

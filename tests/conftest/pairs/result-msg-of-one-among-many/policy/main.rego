package main

deny contains "fine"

deny contains {"text": "not fine"}

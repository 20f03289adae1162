package main

deny_a contains {"text": "no msg"}

exception contains ["a"]

package main

deny contains {"text": "no msg"}

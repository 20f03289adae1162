package main

deny contains "text"

deny contains {"msg": "object"}

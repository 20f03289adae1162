package main

# METADATA
# title: [
deny contains "told"

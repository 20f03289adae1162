package main

deny_tags contains "lower"

deny_Tags contains "upper"

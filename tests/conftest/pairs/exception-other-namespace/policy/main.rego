package main

deny_a contains "a"

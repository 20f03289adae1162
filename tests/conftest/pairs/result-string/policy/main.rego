package main

deny := "nothing may be applied"

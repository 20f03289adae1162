package main

deny contains "counts"

other["deny-x"] contains "does not"

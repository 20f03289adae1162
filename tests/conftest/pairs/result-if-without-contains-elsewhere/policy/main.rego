package main

deny contains "told"

package main

deny contains "limit" if limit > 2

limit := 3

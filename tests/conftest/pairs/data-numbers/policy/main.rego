package main

deny contains sprintf("%v, %v", [data.large, data.large + 1])

deny contains sprintf("%v", [data.small])

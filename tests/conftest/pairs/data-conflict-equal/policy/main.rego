package main

deny contains sprintf("%v", [data.limit])

package main

deny contains sprintf("%v", [data.web])

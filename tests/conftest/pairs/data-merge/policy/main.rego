package main

deny contains sprintf("%v", [data.teams])

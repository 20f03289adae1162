package main

deny contains sprintf("the token is %s", [input.variables.token.value])

deny contains "short token" if count(input.variables.token.value) < 20

package main

deny contains sprintf("%s and %s are missing", ["one"])

deny contains sprintf("%s", ["one", "many"])

deny contains sprintf("%d", ["text"])

deny contains sprintf("%d", [1.5])

deny contains sprintf("%t", [true])

deny contains sprintf("%[2]s %[1]s", ["b", "a"])

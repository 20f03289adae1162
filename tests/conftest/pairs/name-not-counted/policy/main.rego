package main

deny contains "counts"

denied contains "no suffix"

deny_ contains "empty suffix"

deny__a contains "empty word"

denyXYZ contains "no separator"

violation_ contains "empty suffix"

warning contains "other word"

Deny contains "upper case"

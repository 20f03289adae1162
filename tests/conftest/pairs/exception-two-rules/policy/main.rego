package main

deny_a contains "a"

violation_b contains {"msg": "b"}

deny_c contains "c"

exception contains ["a", "b"]

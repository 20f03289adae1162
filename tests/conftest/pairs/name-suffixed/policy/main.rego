package main

deny_a contains "a"

deny_a_b1 contains "b1"

violation_9 contains "nine"

warn_A_z contains "upper"

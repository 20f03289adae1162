package main

deny_x contains "denied"

violation_x contains {"msg": "violated"}

warn_x contains "warned"

exception contains ["x"]

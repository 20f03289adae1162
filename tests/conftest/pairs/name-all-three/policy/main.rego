package main

deny contains "denied"

violation contains {"msg": "violated"}

warn contains "warned"

package main

warn contains "warned"

deny contains "denied"

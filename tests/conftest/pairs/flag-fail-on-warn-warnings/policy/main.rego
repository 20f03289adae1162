package main

warn contains "warned"

deny contains "never" if input.nowhere

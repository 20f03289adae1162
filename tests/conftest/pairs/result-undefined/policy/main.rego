package main

deny := ["large"] if input.nowhere

warn contains "told"

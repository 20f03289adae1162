package main

deny.network contains "never asked"

warn contains "asked"

package main

deny contains "no data" if not data.limits

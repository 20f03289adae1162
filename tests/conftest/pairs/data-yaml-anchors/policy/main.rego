package main

deny contains sprintf("%s: %v", [team, data.teams[team].types]) if some team in ["search", "web"]

package team.ab

deny contains "ab"

package team.a

deny contains "a"

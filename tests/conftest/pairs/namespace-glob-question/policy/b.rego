package team.b

deny contains "b"

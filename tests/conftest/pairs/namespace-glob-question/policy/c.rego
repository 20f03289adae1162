package team.c

deny contains "c"

package lib

helper := true

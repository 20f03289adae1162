package main

deny contains sprintf("%s|%v|%d", ["text", "text", 42])

deny contains sprintf("%v %v %v %v", [true, null, 1.5, 3])

deny contains sprintf("%v %v", [["a", 1], {"k": ["v"]}])

deny contains sprintf("%.2f|%05d|%x|%%", [1.005, 42, 255])

deny contains sprintf("%q", ["quoted \"text\""])

deny contains sprintf("%5s|%-5s|", ["ab", "ab"])

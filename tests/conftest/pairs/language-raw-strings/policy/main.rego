package main

deny contains `a "raw" \d string`

deny contains "two\nlines"

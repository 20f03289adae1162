package main

deny contains sprintf("%d", [units.parse("10K")])

deny contains sprintf("%d", [units.parse_bytes("10KiB")])

deny contains "more than a megabyte" if units.parse_bytes("1GB") > units.parse_bytes("1MB")

deny contains "no unit" if units.parse_bytes("ten")

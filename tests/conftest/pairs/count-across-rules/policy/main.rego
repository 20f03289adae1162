package main

deny_many contains name if some name in ["a", "b", "c"]

deny_many contains "d" if false

deny_none contains "x" if false

deny_none contains "y" if false

package main

deny contains name if some name in ["b", "a", "B", "é", "10", "9"]

deny contains {"msg": "0"}

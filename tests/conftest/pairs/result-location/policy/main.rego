package main

deny contains {"msg": "located", "_loc": {"file": "main.tf", "line": 7}, "code": "X1"}

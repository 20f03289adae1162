package main

deny contains {"msg": "with metadata", "severity": "high", "details": {"ids": [1, 2]}}

package main

deny contains {"msg": "located by a string", "_loc": "main.tf:7"}

warn contains {"msg": "located by nothing known", "_loc": {"row": 7}}

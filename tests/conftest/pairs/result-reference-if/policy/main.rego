package main

deny contains "told" if listed["b"]

listed[name] if some name in ["a", "b"]

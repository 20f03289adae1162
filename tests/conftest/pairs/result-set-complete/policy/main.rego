package main

deny := {msg | some msg in ["x", "y"]}

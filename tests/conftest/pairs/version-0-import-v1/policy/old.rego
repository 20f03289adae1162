package main

deny["old"] { true }

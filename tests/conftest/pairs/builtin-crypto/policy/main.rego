package main

deny contains crypto.sha256("oac")

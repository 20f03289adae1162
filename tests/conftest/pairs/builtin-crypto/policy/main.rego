package main

deny contains crypto.sha256("oac")

deny contains crypto.md5("oac")

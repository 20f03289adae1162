package main

deny contains "any" if any([false, true])

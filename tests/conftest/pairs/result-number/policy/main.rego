package main

deny contains 42

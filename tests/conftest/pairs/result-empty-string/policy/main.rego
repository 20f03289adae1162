package main

deny contains ""

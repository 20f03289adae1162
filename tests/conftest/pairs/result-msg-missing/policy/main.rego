package main

deny contains {"message": "misnamed"}

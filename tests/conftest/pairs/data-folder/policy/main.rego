package main

deny contains sprintf("allowed: %v; limit: %v; owner: %v", [data.allowed, data.limit, data.owner])

deny contains "the name of a file is a key" if data.types

deny contains "the name of a folder is a key" if data.deeper

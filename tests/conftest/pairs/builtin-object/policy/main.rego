package main

deny contains sprintf("%v", [object.get(input, ["nowhere", "at_all"], "default")])

deny contains sprintf("%v", [object.get(input, "errored", true)])

deny contains sprintf("%v", [object.union({"a": 1}, {"a": 2, "b": 3})])

deny contains sprintf("%v", [object.remove({"a": 1, "b": 2}, ["a"])])

package main

deny contains sprintf("%v", [array.slice(path, 0, 2)]) if {
	some path, value
	walk(input.planned_values, [path, value])
	value == "m5.large"
}

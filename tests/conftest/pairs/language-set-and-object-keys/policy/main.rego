package main

expensive := {"m5.large", "m5.xlarge"}

limits := {"m5.large": 1, "t3.micro": 10}

deny contains sprintf("%s: at most %d", [kind, limits[kind]]) if {
	kind := input.resource_changes[_].change.after.instance_type
	expensive[kind]
}

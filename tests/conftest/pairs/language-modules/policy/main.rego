package main

resources contains resource if {
	some path, value
	walk(input.planned_values.root_module, [path, value])
	some resource in object.get(value, "resources", [])
}

deny contains resource.address if {
	some resource in resources
	resource.values.instance_type == "m5.large"
}

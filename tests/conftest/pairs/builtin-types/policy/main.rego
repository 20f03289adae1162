package main

deny contains sprintf("%s", [type_name(value)]) if some value in [1, "a", true, null, [], {}, {1}]

deny contains "is" if {
	is_object(input)
	is_array(input.resource_changes)
	not is_string(input.applyable)
}

package main

deny contains "all are created" if {
	every resource in input.resource_changes {
		resource.change.actions == ["create"]
	}
}

deny contains "all of none" if {
	every other in [] {
		other.never
	}
}

deny contains "all are instances" if {
	every one in input.resource_changes {
		one.type == "aws_instance"
	}
}

package main

violation[{"msg": msg, "id": 1}] {
	input.resource_changes
	msg := "object"
}

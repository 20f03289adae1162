package main

import rego.v1

deny contains msg if {
	some msg in ["one", "two"]
}

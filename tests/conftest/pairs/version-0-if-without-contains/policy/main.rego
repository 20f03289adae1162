package main

import future.keywords.if

deny[msg] if {
	msg := "an object of messages"
}

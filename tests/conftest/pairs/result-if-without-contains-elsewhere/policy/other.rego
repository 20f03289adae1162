package other

warn_x[msg] if {
	msg := "an object of messages"
}

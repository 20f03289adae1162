package main

deny_warn_x contains "both off"

warn_deny_y contains "one off"

exception contains ["x", "deny_y"]

package main

deny contains name if {
	some name, pattern in {"one": "*.example.com", "two": "**.example.com"}
	glob.match(pattern, ["."], "a.b.example.com")
}

warn contains "dot" if glob.match("*.example.com", ["."], "a.example.com")

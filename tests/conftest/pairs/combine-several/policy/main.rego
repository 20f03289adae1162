package main

deny contains sprintf("%s: %d", [document.path, count(document.contents.resource_changes)]) if some document in input

warn contains sprintf("first: %s", [input[0].path])

warn contains data.conftest.file.name

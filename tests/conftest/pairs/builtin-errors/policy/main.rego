package main

deny contains "to_number" if to_number("abc") >= 0

deny contains "division" if 1 / (count(input.resource_changes) - 5) > 0

deny contains "json" if json.unmarshal("{bad")

deny contains "regex" if regex.match("(", "x")

deny contains "type" if startswith(input.resource_changes, "x")

deny contains "told" if not to_number("abc")

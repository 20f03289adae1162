package main

deny contains sprintf("%v", [time.date(time.add_date(time.parse_rfc3339_ns("2024-02-29T12:00:00Z"), 1, 0, 0))])

deny contains sprintf("%v", [time.date(time.add_date(time.parse_rfc3339_ns("2024-01-31T00:00:00Z"), 0, 1, 0))])

deny contains sprintf("%v", [time.date(time.add_date(time.parse_rfc3339_ns("2024-03-01T00:00:00Z"), 0, 0, -1))])

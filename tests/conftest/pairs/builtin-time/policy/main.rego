package main

deny contains sprintf("%d", [time.parse_rfc3339_ns("2024-02-29T12:00:00Z")])

deny contains sprintf("%v", [time.date(time.add_date(1709208000000000000, 1, 0, 0))])

deny contains time.weekday(1709208000000000000)

deny contains sprintf("%d", [time.parse_duration_ns("1h30m")])

deny contains time.format(1709208000000000000)

deny contains "now is later" if time.now_ns() > 1709208000000000000

warn contains "before" if time.parse_rfc3339_ns(input.nowhere) > 0

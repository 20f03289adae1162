package main

deny contains "match" if net.cidr_contains_matches("10.0.0.0/8", "10.1.2.3") != set()

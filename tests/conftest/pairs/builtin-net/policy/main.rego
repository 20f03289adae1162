package main

deny contains "contained" if net.cidr_contains("10.0.0.0/8", "10.1.0.0/16")

deny contains "address" if net.cidr_contains("10.0.0.0/8", "10.1.2.3")

deny contains "outside" if net.cidr_contains("10.0.0.0/8", "11.0.0.1")

warn contains "no net" if net.cidr_contains("ten", "10.0.0.1")

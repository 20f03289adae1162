package main

deny contains "intersect" if net.cidr_intersects("10.0.0.0/8", "10.255.0.0/16")

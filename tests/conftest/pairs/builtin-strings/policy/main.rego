package main

deny contains upper("aws")

deny contains trim_space("  x  ")

deny contains trim_suffix("plan.json", ".json")

deny contains concat("/", ["a", "b"])

deny contains replace("a.b.c", ".", "-")

deny contains substring("svc-000", 4, -1)

deny contains sprintf("%d", [indexof("svc-000", "0")])

deny contains sprintf("%v", [split("a,b", ",")])

deny contains "both" if {
	startswith("svc-000", "svc")
	endswith("svc-000", "000")
	contains("svc-000", "c-0")
}

package main

deny contains sprintf("%v", [sort(graph.reachable({"a": {"b"}, "b": {"c"}, "c": set(), "d": {"a"}}, {"a"}))])

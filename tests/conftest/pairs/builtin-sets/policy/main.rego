package main

deny contains sprintf("%v", [sort({"b", "a"} | {"c"})])

deny contains sprintf("%v", [sort(({"b", "a"} & {"b"}) - {"c"})])

deny contains sprintf("%v", [[max([1, 3]), min({2, 1}), sum([1, 2]), product([2, 3])]])

deny contains concat(",", sort(union({{"x"}, {"y"}})))

package main

deny contains "match" if regex.match(`^svc-\d{3}-0$`, input.resource_changes[1].change.after.tags.Name)

deny contains regex.replace("a1b22", `\d+`, "-")

deny contains found if some found in regex.find_n(`[a-z]+`, "ab1cd2ef", 2)

deny contains concat("|", regex.split(`,\s*`, "x, y,z"))

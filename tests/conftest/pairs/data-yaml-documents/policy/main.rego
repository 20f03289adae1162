package main

deny contains sprintf("limit %d", [data.limit])

deny contains sprintf("owner %s", [data.owner])

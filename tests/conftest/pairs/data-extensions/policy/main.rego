package main

deny contains sprintf("limit %d, owner %s", [data.limit, data.owner])

package main

deny contains {"msg": "same", "id": id} if some id in [1, 2]

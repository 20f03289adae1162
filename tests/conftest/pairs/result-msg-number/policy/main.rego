package main

violation contains {"msg": 42}

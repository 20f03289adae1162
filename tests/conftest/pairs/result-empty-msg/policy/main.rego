package main

deny contains {"msg": "", "id": 1}

deny contains "told"

package main

warn contains {"msg": null, "reason": "none"}

package other

exception contains ["a"]

package other

p if x > 1

package main

deny contains "told" if a

a if not b

b if a

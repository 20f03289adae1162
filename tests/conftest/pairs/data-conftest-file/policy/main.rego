package main

deny contains data.conftest.file.name

warn contains "in the folder inputs" if endswith(data.conftest.file.dir, "/tests/conftest/inputs")

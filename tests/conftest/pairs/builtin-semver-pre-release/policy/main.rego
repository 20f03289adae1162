package main

deny contains "first" if semver.compare("1.0.0-rc1", "1.0.0") == -1

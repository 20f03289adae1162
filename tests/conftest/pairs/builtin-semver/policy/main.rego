package main

deny contains "older" if semver.compare(input.terraform_version, "1.100.0") < 0

deny contains "valid" if semver.is_valid(input.terraform_version)

deny contains "not valid" if semver.is_valid("1.2")

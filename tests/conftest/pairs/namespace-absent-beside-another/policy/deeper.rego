package rules.storage.keys

deny contains "keys" if false

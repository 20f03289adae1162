package rules.storage

warn contains "storage"

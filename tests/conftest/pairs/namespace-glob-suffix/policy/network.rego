package rules.network

deny contains "network"

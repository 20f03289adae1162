package main

deny contains "no such variable" if not opa.runtime().env.OACGUARD_NOT_SET

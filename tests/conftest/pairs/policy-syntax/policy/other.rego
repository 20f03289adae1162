package other

deny contains {

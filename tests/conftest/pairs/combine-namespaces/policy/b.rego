package b

warn contains "several" if count(input) > 1

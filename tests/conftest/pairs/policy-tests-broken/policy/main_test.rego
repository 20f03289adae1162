package main_test

test_denies if unknown_thing == 1

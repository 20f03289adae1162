package main

deny contains sprintf("%d", [9007199254740992 + 1])

deny contains sprintf("%v", [12345678901234567890 * 10])

deny contains sprintf("%v", [7 / 2])

deny contains sprintf("%d", [6 / 2])

deny contains sprintf("%v", [7 % 4])

deny contains sprintf("%v", [[round(2.5), ceil(2.1), floor(-2.1), abs(-3)]])

deny contains "equal" if 1 == 1.0

deny contains "equal in sets" if count({1, 1.0}) == 1

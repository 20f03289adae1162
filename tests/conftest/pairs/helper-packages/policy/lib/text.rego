package lib.text

too_large(change) := sprintf("%s is too large", [change.address])

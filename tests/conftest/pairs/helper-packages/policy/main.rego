package main

import data.lib.plan
import data.lib.text as words

deny contains words.too_large(change) if {
	some change in plan.of_type("aws_instance")
	change.change.after.instance_type == "m5.large"
}

package main_test

import data.main

path(bucket) := {"id": 0, "origin": "site", "after": {"bucket": bucket}}

in_region(region) := path({"known": {"label": "aws_s3_bucket.site", "region": region}})

test_elsewhere_is_denied if {
	found := main.deny_region with data.oacguard.paths as [in_region("us-east-1")]
	{result.msg | some result in found} == {"origin site is read from aws_s3_bucket.site, in us-east-1"}
}

test_eu_is_silent if {
	count(main.deny_region) == 0 with data.oacguard.paths as [in_region("eu-west-1")]
	count(main.warn_region) == 0 with data.oacguard.paths as [in_region("eu-west-1")]
}

test_unknown_is_said_and_not_denied if {
	every bucket in [path({"unknown": "it is known after apply"}), in_region(null)] {
		count(main.deny_region) == 0 with data.oacguard.paths as [bucket]
		count(main.warn_region) == 1 with data.oacguard.paths as [bucket]
	}
}

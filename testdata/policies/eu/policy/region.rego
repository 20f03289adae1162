package main

# METADATA
# title: Content stays in the EU
# description: What CloudFront serves must lie in a bucket in the EU.
# custom:
#   remediation: Move the bucket to a Region whose name begins with `eu-`.
deny_region contains {"msg": msg, "_path": path.id} if {
	some path in data.oacguard.paths
	bucket := path.after.bucket.known
	bucket.region != null
	not startswith(bucket.region, "eu-")
	msg := sprintf("origin %s is read from %s, in %s", [path.origin, bucket.label, bucket.region])
}

# METADATA
# title: Content stays in the EU, if the plan can tell
warn_region contains {"msg": msg, "_path": path.id} if {
	some path in data.oacguard.paths
	why := path.after.bucket.unknown
	msg := sprintf("origin %s may lie anywhere: %s", [path.origin, why])
}

warn_region contains {"msg": msg, "_path": path.id} if {
	some path in data.oacguard.paths
	path.after.bucket.known.region == null
	msg := sprintf("origin %s may lie anywhere: the plan does not name its Region", [path.origin])
}

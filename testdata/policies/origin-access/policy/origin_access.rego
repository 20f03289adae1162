# METADATA
# title: How CloudFront reads S3 in production
# description: >-
#   Every path of a production distribution uses origin access control, and the bucket's default encryption uses a customer
#   managed key. It judges the access paths that oacguard finds (`oacguard facts`): each fact is `{"known": …}`, or
#   `{"unknown": why}`, and what is unknown is said and not passed over.
package main

# METADATA
# description: The paths, after the apply, of distributions that are not known to be off or for staging.
production contains path if {
	some path in data.oacguard.paths
	path.after != null
	not path.after.enabled.known == false
	not path.after.staging.known == true
}

deny_origin_access contains result(path, msg) if {
	some path in production
	access := path.after.access.known
	access != "oac"
	msg := sprintf("uses %s, and production uses origin access control", [access])
}

warn_origin_access contains result(path, why) if {
	some path in production
	why := path.after.access.unknown
}

deny_customer_key contains result(path, msg) if {
	some path in production
	path.after.bucket.known
	algorithm := path.after.encryption.known.algorithm
	not algorithm in {"sse-kms", "dsse-kms"}
	msg := sprintf("reads a bucket that is encrypted with %s, and production uses a customer managed key", [algorithm])
}

deny_customer_key contains result(path, msg) if {
	some path in production
	path.after.key.known.manager.known == "aws"
	msg := sprintf("reads a bucket that is encrypted with %s, which AWS manages", [path.after.key.known.label])
}

warn_customer_key contains result(path, why) if {
	some path in production
	some why in unknown(path.after)
}

# Why the key cannot be told, wherever that is said.
unknown(world) := {why |
	some fact in [["encryption"], ["key"], ["key", "known", "manager"]]
	why := object.get(world, array.concat(fact, ["unknown"]), null)
	why != null
}

# `_path` tells oacguard which path it is about.
result(path, msg) := {
	"msg": sprintf("%s, origin %s: %s", [path.distribution, path.origin, msg]),
	"_path": path.id,
}

# The statement that lets CloudFront in, to be pasted into a policy: as HCL, with the real names
# where the plan tells them.
package oacguard.lib.statements

# Into the policy of a key, for an OAC.
decrypt(path, w) := _block([
	"Sid       = \"AllowCloudFrontDecrypt\"",
	"Effect    = \"Allow\"",
	_service,
	"Action    = \"kms:Decrypt\"",
	"Resource  = \"*\"",
	_only_for(path, w),
])

# Into the policy of a bucket, for the way CloudFront reads it.
read(path, w) := _block(array.concat(
	[
		"Sid       = \"AllowCloudFrontRead\"",
		"Effect    = \"Allow\"",
		_principal(w),
		"Action    = \"s3:GetObject\"",
		sprintf("Resource  = \"%s/*\"", [_bucket(w)]),
	],
	[condition | w.access.known == "oac"; condition := _only_for(path, w)],
))

# Into the policy of a bucket, for an OAC, however CloudFront reads it today.
read_as_service(path, w) := _block([
	"Sid       = \"AllowCloudFrontRead\"",
	"Effect    = \"Allow\"",
	_service,
	"Action    = \"s3:GetObject\"",
	sprintf("Resource  = \"%s/*\"", [_bucket(w)]),
	_only_for(path, w),
])

_block(lines) := concat("\n", array.concat(
	["  {"],
	array.concat([sprintf("    %s", [line]) | some line in lines], ["  }"]),
))

_service := "Principal = { Service = \"cloudfront.amazonaws.com\" }"

_principal(w) := _service if {
	w.access.known == "oac"
} else := sprintf("Principal = { CanonicalUser = %s.s3_canonical_user_id }", [w.oai.address]) if {
	is_string(w.oai.address)
	contains(w.oai.address, "awscc_cloudfront_cloudfront_origin_access_identity.")
} else := sprintf("Principal = { AWS = %s.iam_arn }", [w.oai.address]) if {
	is_string(w.oai.address)
} else := "Principal = { AWS = \"the IAM ARN of the OAI\" }" if {
	w.access.known == "oai"
} else := "Principal = \"*\""

_only_for(path, w) := sprintf("Condition = { StringEquals = { \"AWS:SourceArn\" = %s } }", [
	_source(path, w),
])

_source(path, w) := sprintf("\"%s\"", [w.distribution_arn]) if {
	is_string(w.distribution_arn)
} else := sprintf(_by_id, [_partition(w), path.distribution]) if {
	contains(path.distribution, "awscc_cloudfront_distribution.")
} else := sprintf("%s.arn", [path.distribution])

# The Cloud Control provider has no attribute for the ARN of a distribution.
_by_id := concat("", [
	"\"arn:%s:cloudfront::${data.aws_caller_identity.current.account_id}",
	":distribution/${%s.id}\"",
])

_bucket(w) := sprintf("arn:%s:s3:::%s", [_partition(w), w.bucket.known.name]) if {
	is_string(w.bucket.known.name)
} else := sprintf("${%s.arn}", [w.bucket.known.address]) if {
	is_string(w.bucket.known.address)
} else := "the ARN of the bucket"

# China has a partition of its own, which the ARN of the distribution or the Region tells.
_partition(w) := "aws-cn" if {
	is_string(w.bucket.known.region)
	startswith(w.bucket.known.region, "cn-")
} else := "aws"

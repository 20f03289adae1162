# METADATA
# scope: package
# title: The origin access control must be of the origin's type
# description: |
#   An origin access control (OAC) says how CloudFront signs what it asks of an origin, and is made
#   for one type of origin: S3, Lambda, MediaStore or MediaPackage. A website endpoint of S3 is a
#   custom origin to CloudFront, which takes neither an OAC nor an origin access identity (OAI).
#   Terraform plans a mismatch without a word; CloudFront rejects it when the plan is applied.
# related_resources:
#   - ref: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
#     description: A website endpoint takes neither OAC nor OAI
#   - ref: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginAccessControlConfig.html
#     description: The types of an origin access control
#   - ref: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudfront_origin_access_control
#     description: "Terraform: aws_cloudfront_origin_access_control"
# custom:
#   id: oac-origin-type
#   levels: [error]
#   compares: world
#   needs: [oac, oai and website]
#   fires: |
#     An S3 origin has an OAC of another type; an OAC for S3 is on an origin that is none, or that
#     `custom_origin_config` makes a custom one; or a website endpoint has an OAC or an OAI.
#   breaks: |
#     The apply fails with "Illegal configuration: The origin type and OAC origin type differ."
#   remediation: |
#     Use an OAC with `origin_access_control_origin_type = "s3"` on the REST endpoint of the bucket;
#     behind a website endpoint use neither OAC nor OAI.
#   example: |
#     resource "aws_cloudfront_origin_access_control" "site" {
#       name                              = "site"
#       origin_access_control_origin_type = "s3"
#       signing_behavior                  = "always"
#       signing_protocol                  = "sigv4"
#     }
#
#     resource "aws_cloudfront_distribution" "site" {
#       # the rest of the distribution as it is
#       origin {
#         origin_id                = "site"
#         domain_name              = aws_s3_bucket.site.bucket_regional_domain_name
#         origin_access_control_id = aws_cloudfront_origin_access_control.site.id
#       }
#     }
#   since: 0.1.0
package oacguard.oac_origin_type

import data.oacguard.lib.faults
import data.oacguard.lib.paths
import data.oacguard.lib.words

finding contains paths.report(path, site.world, {
	"when": "apply-error",
	"subject": _control(w).label,
	"message": sprintf("CloudFront rejects %s: it is %s, and %s is set on it.", [
		words.origin(path),
		_endpoint(w),
		_name(w),
	]),
	"why": _why(w),
	"fix": _fix(path, w),
	"evidence": array.concat(w.evidence.access, w.evidence.bucket),
}) if {
	some site in paths.sites
	path := input.paths[site.path]
	w := path[site.world]
	faults.mistyped(w)
}

_control(w) := w.oac if {
	w.oac != null
} else := w.oai

_name(w) := sprintf("the OAI %s", [words.label(w.oai)]) if {
	w.oac == null
} else := sprintf("the OAC %s, made for `%s`,", [words.label(w.oac), w.oac.origin_type.known]) if {
	w.oac.origin_type.known
} else := sprintf("the OAC %s", [words.label(w.oac)])

_endpoint(w) := "a website endpoint of S3" if {
	w.endpoint.known == "website"
} else := "no S3 endpoint" if {
	w.endpoint.known == "other"
} else := "a custom origin, though its domain is a bucket's" if {
	w.custom_origin
} else := "an S3 endpoint"

_why(w) := "A website endpoint takes neither OAC nor OAI; the apply fails, possibly half done." if {
	w.endpoint.known == "website"
} else := concat("", [
	"The apply fails with \"Illegal configuration: The origin type and OAC origin type differ\", ",
	"and what does not depend on the distribution is applied all the same.",
])

_fix(path, w) := concat("", [
	sprintf("In `%s`, set the `domain_name` of origin `%s` ", [path.distribution, path.origin]),
	sprintf("to the `bucket_regional_domain_name` of %s ", [words.bucket(w)]),
	"and remove `custom_origin_config`; or, if the bucket is meant to be public, keep the website ",
	sprintf("endpoint and take %s off the origin.", [words.label(_control(w))]),
]) if {
	w.endpoint.known == "website"
} else := concat("", [
	sprintf("Take %s off %s, ", [words.label(w.oac), words.origin(path)]),
	"or give the origin the `domain_name` of an S3 bucket.",
]) if {
	w.endpoint.known == "other"
} else := concat("", [
	sprintf("Remove `custom_origin_config` from origin `%s` ", [path.origin]),
	sprintf("of `%s`, which makes a custom origin of it.", [path.distribution]),
]) if {
	w.custom_origin
	w.oac.origin_type.known == "s3"
} else := concat("", [
	sprintf("Set `origin_access_control_origin_type = \"s3\"` in %s, ", [words.label(w.oac)]),
	sprintf("or give origin `%s` of `%s` an OAC of that type.", [path.origin, path.distribution]),
])

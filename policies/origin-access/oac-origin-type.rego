# METADATA
# scope: package
# title: The origin access control must be of the origin's type
# description: |
#   An origin access control is made for one type of origin, and a website endpoint is a custom origin that takes neither
#   an OAC nor an OAI. Terraform plans a mismatch without a word; CloudFront rejects it when the plan is applied.
# related_resources:
#   - ref: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
#     description: Restrict access to an Amazon S3 origin
#   - ref: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginAccessControlConfig.html
#     description: The types of an origin access control
# custom:
#   id: oac-origin-type
#   levels: [error]
#   compares: world
#   breaks: |
#     The apply fails with "Illegal configuration: The origin type and OAC origin type differ."
#   remediation: |
#     Use an OAC with `origin_access_control_origin_type = "s3"` on the REST endpoint of the bucket; behind a website
#     endpoint use neither OAC nor OAI.
#   since: 0.1.0
package oacguard.oac_origin_type

import data.oacguard.lib.faults
import data.oacguard.lib.paths
import data.oacguard.lib.words

finding contains paths.report(path, site.world, {
	"when": "apply-error",
	"subject": _control(w).label,
	"message": sprintf("%s is put on %s, which is %s; CloudFront rejects that.", [
		_name(w), words.origin(path), _endpoint(w),
	]),
	"why": concat("", [
		"CloudFront signs for the type of origin that the OAC was made for, and S3 website endpoints take no signature ",
		"at all. The apply fails (\"The origin type and OAC origin type differ\"), possibly half done.",
	]),
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

_name(w) := sprintf("The OAI %s", [words.label(w.oai)]) if {
	w.oac == null
} else := sprintf("The OAC %s, of type `%s`,", [words.label(w.oac), w.oac.origin_type.known]) if {
	w.oac.origin_type.known
} else := sprintf("The OAC %s", [words.label(w.oac)])

_endpoint(w) := "an S3 website endpoint" if {
	w.endpoint.known == "website"
} else := "not an S3 endpoint" if {
	w.endpoint.known == "other"
} else := "an S3 endpoint"

_fix(path, w) := concat("", [
	sprintf("In `%s`, set the `domain_name` of origin `%s` to the ", [path.distribution, path.origin]),
	sprintf("`bucket_regional_domain_name` of %s and remove `custom_origin_config`; ", [words.bucket(w)]),
	sprintf("or keep the website endpoint and take %s off the origin, if the bucket is meant to be public.", [
		words.label(_control(w)),
	]),
]) if {
	w.endpoint.known == "website"
} else := sprintf("In `%s`, take %s off origin `%s`, or give the origin an S3 `domain_name`.", [
	path.distribution, words.label(w.oac), path.origin,
]) if {
	w.endpoint.known == "other"
} else := sprintf("Set `origin_access_control_origin_type = \"s3\"` in %s, or give origin `%s` of `%s` an OAC of that type.", [
	words.label(w.oac), path.origin, path.distribution,
])

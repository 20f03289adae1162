# METADATA
# scope: package
# title: An origin access control should sign every request
# description: |
#   An origin access control (OAC) is there to make CloudFront sign what it asks of S3, so that a
#   private bucket lets it in. With `signing_behavior = "never"` it does nothing, for every origin
#   that uses it: CloudFront asks anonymously, and a private bucket refuses. With `no-override` the
#   signature gives way to the `Authorization` header of the viewer, and CloudFront connects to S3
#   as the viewer connects to it, while S3 hands out what a KMS key encrypts over TLS only.
# related_resources:
#   - ref: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
#     description: Advanced settings for origin access control
#   - ref: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudfront_origin_access_control
#     description: "Terraform: aws_cloudfront_origin_access_control"
# custom:
#   id: oac-signing
#   levels: [error, warning, note]
#   decides: |
#     An error with `never` in front of a bucket that is not public. A warning with `no-override`
#     where some behaviour lets viewers use plain HTTP and the bucket is under SSE-KMS or DSSE-KMS.
#     A note with `no-override` elsewhere.
#   compares: world
#   needs: [oac]
#   fires: |
#     An origin in use has an OAC that does not sign always. In front of SSE-KMS, `never` is left to
#     `unsigned-sse-kms`; in front of a public bucket it is nobody's concern.
#   breaks: |
#     S3 answers every read with 403 `AccessDenied` (`never`), or those over plain HTTP with a
#     demand for a secure connection (`no-override`).
#   remediation: |
#     Set `signing_behavior = "always"`.
#   example: |
#     resource "aws_cloudfront_origin_access_control" "site" {
#       name                              = "site"
#       origin_access_control_origin_type = "s3"
#       signing_behavior                  = "always"
#       signing_protocol                  = "sigv4"
#     }
#   since: 0.1.0
package oacguard.oac_signing

import data.oacguard.lib.faults
import data.oacguard.lib.paths
import data.oacguard.lib.reach
import data.oacguard.lib.statements
import data.oacguard.lib.words

# It never signs, and the bucket is not public.
finding contains paths.report(path, site.world, {
	"when": reach.refused_when(path, site.world),
	"subject": w.oac.label,
	"message": concat("", [
		sprintf("CloudFront reads %s, %s, ", [words.origin(path), words.bucket(w)]),
		sprintf("with the OAC %s, which never signs, ", [words.label(w.oac)]),
		sprintf("and the bucket is not public: %s.", [w.bucket_grant.known.reason]),
		_cause(path, site.world),
	]),
	"why": concat("", [
		"`signing_behavior = \"never\"` switches the OAC off, for every origin of every distribution ",
		"that uses it. S3 answers each request that the cache does not hold with 403 AccessDenied.",
		words.masked(w),
	]),
	"fix": concat("\n", [
		sprintf("Set `signing_behavior = \"always\"` in %s, with this in the policy of %s:", [
			words.label(w.oac),
			words.bucket(w),
		]),
		statements.read_as_service(path, w),
	]),
	"evidence": array.concat(
		w.evidence.access,
		array.concat(w.evidence.bucket, w.evidence.grants),
	),
}) if {
	some site in paths.sites
	path := input.paths[site.path]
	w := path[site.world]
	reach.never_signs(w)
	reach.refused(w)
	not faults.mode(path, site.world)
}

# It signs unless the viewer brings a signature of its own.
finding contains paths.report(path, site.world, {
	"severity": _severity(w),
	"subject": w.oac.label,
	"message": sprintf("The OAC %s of %s does not sign every request (`no-override`)%s.", [
		words.label(w.oac),
		words.origin(path),
		_consequence(w),
	]),
	"why": concat("", [
		"A request whose viewer sends an `Authorization` header goes to S3 with that instead of the ",
		"signature, where the cache policy passes it on. And CloudFront connects to S3 as the viewer ",
		"connects to it, over plain HTTP too where behaviours allow that.",
	]),
	"fix": sprintf("Set `signing_behavior = \"always\"` in %s, unless viewers are meant to sign%s.", [
		words.label(w.oac),
		_https(w),
	]),
	"evidence": w.evidence.access,
}) if {
	some site in paths.sites
	path := input.paths[site.path]
	w := path[site.world]
	w.access.known == "oac"
	w.oac.signing.known == "no-override"
	not faults.rejected(w)
}

_severity(w) := "warning" if {
	_refuses_http(w)
} else := "note"

# S3 serves what a KMS key encrypts over TLS only.
_refuses_http(w) if {
	faults.kms(w)
	w.viewers_use_https.known == false
}

_consequence(w) := concat("", [
	", and some behaviour lets viewers use plain HTTP, ",
	sprintf("over which S3 refuses what is under %s", [words.algorithm(w)]),
]) if {
	_refuses_http(w)
} else := ""

_https(w) := concat("", [
	"; and set `viewer_protocol_policy` to `redirect-to-https` or `https-only` in every behaviour ",
	"that leads to this origin",
]) if {
	_refuses_http(w)
} else := ""

_cause(path, world) := "" if {
	world == "before"
} else := sprintf(" This plan sends viewers there: %s.", [words.service(path)]) if {
	faults.put_into_service(path)
} else := " It is so today; this plan does not change it." if {
	reach.refused(path.before)
	not path.change.bucket
} else := " This plan creates the path." if {
	path.before == null
} else := sprintf(" This plan changes that in `%s`.", [path.after.oac.address]) if {
	paths.changes(path, path.after.oac.address)
} else := ""

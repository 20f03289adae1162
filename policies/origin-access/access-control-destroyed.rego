# METADATA
# scope: package
# title: An OAI or OAC must outlast its use by the distribution
# description: |
#   CloudFront refuses to delete an origin access identity (OAI) or an origin access control (OAC),
#   the names under which it reads a private bucket, while a distribution still uses it. Terraform
#   destroys a resource before it updates what refers to it. So the apply that removes one together
#   with its last use fails half-way, with whatever does not depend on the distribution already
#   changed: an encryption, for instance, that the old origin cannot read.
# related_resources:
#   - ref: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DeleteOriginAccessControl.html
#     description: Deleting an origin access control
#   - ref: https://developer.hashicorp.com/terraform/internals/graph
#     description: In which order Terraform applies what refers to each other
#   - ref: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudfront_origin_access_control
#     description: "Terraform: aws_cloudfront_origin_access_control"
# custom:
#   id: access-control-destroyed
#   levels: [error]
#   compares: change
#   needs: [destruction]
#   fires: |
#     The plan destroys or replaces an OAI or OAC that a distribution uses until now, and the
#     distribution stays, whether the same plan switches it to something else or not. It is silent
#     where the distribution goes as well, and where the plan shows that a replacement is made
#     before the old one is destroyed. That `create_before_destroy` would save a plain removal, no
#     plan shows.
#   breaks: |
#     The apply ends with 409 `CloudFrontOriginAccessIdentityInUse` or `OriginAccessControlInUse`.
#     What was applied until then stays.
#   remediation: |
#     Leave the OAI or OAC in the configuration until the distribution has been switched and
#     deployed, and remove it in a later apply; or give it `create_before_destroy`.
#   example: |
#     # The apply of the switch: the OAI stays. It goes in the next one.
#     resource "aws_cloudfront_origin_access_identity" "site" {
#       comment = "goes when the distribution is deployed"
#     }
#
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
package oacguard.access_control_destroyed

import data.oacguard.lib.paths
import data.oacguard.lib.switches
import data.oacguard.lib.words

finding contains paths.report(path, "after", {
	"when": "apply-error",
	"subject": control.label,
	"message": sprintf("This plan %s the %s %s while %s still uses it.", [
		_what(path, control),
		kind,
		words.label(control),
		words.origin(path),
	]),
	"why": _why(path, kind, control),
	"fix": _fix(path, control),
	"evidence": path.before.evidence.access,
}) if {
	some path in input.paths
	some kind, control in {"OAI": path.before.oai, "OAC": path.before.oac}
	switches.severed(path, control)
}

_error := {"OAI": "CloudFrontOriginAccessIdentityInUse", "OAC": "OriginAccessControlInUse"}

# It is made anew before the old one goes, under the same name.
_beside_itself(path, control) if {
	path.after.oac.address == control.address
	path.after.oac.name_is_taken == true
}

_what(path, control) := "makes a second one of" if {
	_beside_itself(path, control)
} else := "destroys"

_why(path, kind, control) := concat("", [
	"The new one gets the name that the old one still has, and CloudFront refuses with 409 ",
	"OriginAccessControlAlreadyExists: the apply stops half-way, with what does not depend on it ",
	"already changed.",
]) if {
	_beside_itself(path, control)
} else := concat("", [
	sprintf("Terraform destroys it before it updates `%s`, and CloudFront ", [path.distribution]),
	sprintf("refuses with 409 %s: the apply stops half-way, with what does not ", [_error[kind]]),
	"depend on the distribution already changed. Only with `create_before_destroy` on it, which ",
	"a plan does not show, would the order be the other way round.",
])

_fix(path, control) := sprintf("Give %s another `name`, so that both can be there for a while.", [
	words.label(control),
]) if {
	_beside_itself(path, control)
} else := sprintf("Keep %s in this apply, and remove it in one after `%s` is deployed.", [
	words.label(control),
	path.distribution,
])

# METADATA
# scope: package
# title: An OAI or OAC must outlast its use by the distribution
# description: |
#   Terraform destroys a resource before it updates what refers to it. CloudFront refuses to delete
#   an origin access identity or an origin access control that a distribution still uses, so the
#   apply fails half-way, with whatever does not depend on the distribution already changed.
# related_resources:
#   - ref: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DeleteOriginAccessControl.html
#     description: Deleting an origin access control
#   - ref: https://developer.hashicorp.com/terraform/internals/graph
#     description: In which order Terraform applies changes
# custom:
#   id: access-control-destroyed
#   levels: [error]
#   compares: change
#   breaks: |
#     The apply ends with 409 `CloudFrontOriginAccessIdentityInUse` or `OriginAccessControlInUse`.
#     What was applied until then stays, an encryption setting for instance.
#   remediation: |
#     Leave the OAI or OAC in the configuration until the distribution has been switched and
#     deployed, and remove it in a later apply; or give it `create_before_destroy`.
#   since: 0.1.0
package oacguard.access_control_destroyed

import data.oacguard.lib.paths
import data.oacguard.lib.words

finding contains paths.report(path, "after", {
	"when": "apply-error",
	"subject": control.label,
	"message": sprintf("This plan destroys the %s %s while %s still uses it.", [
		kind,
		words.label(control),
		words.origin(path),
	]),
	"why": concat("", [
		sprintf("Terraform destroys it before it updates `%s`, and CloudFront ", [path.distribution]),
		sprintf("refuses with 409 %s: the apply stops half-way, with what does not ", [_error[kind]]),
		"depend on the distribution already changed. Only with `create_before_destroy` on it, which ",
		"a plan does not show, would the order be the other way round.",
	]),
	"fix": sprintf("Keep %s in this apply, and remove it in one after `%s` is deployed.", [
		words.label(control),
		path.distribution,
	]),
	"evidence": path.before.evidence.access,
}) if {
	some path in input.paths
	path.after != null
	some kind, control in {"OAI": path.before.oai, "OAC": path.before.oac}
	control != null
	_destroyed_first(path, control.address)
	not _destroyed_first(path, path.distribution)
}

_error := {"OAI": "CloudFrontOriginAccessIdentityInUse", "OAC": "OriginAccessControlInUse"}

# With `create_before_destroy`, a replacement is listed the other way round.
_destroyed_first(path, address) if {
	some resource in path.change.resources
	resource.address == address
	resource.actions[0] == "delete"
}

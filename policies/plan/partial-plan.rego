# METADATA
# scope: package
# title: The plan covers only part of the configuration
# description: |
#   With `-target`, deferred changes or a failed step, applying the plan does not bring everything
#   in line with the configuration. What is missing from the plan was not looked at: a pass says
#   nothing about it.
# related_resources:
#   - ref: https://developer.hashicorp.com/terraform/internals/json-format
#     description: The fields `complete` and `deferred_changes` of a plan
# custom:
#   id: partial-plan
#   levels: [warning]
#   compares: change
#   needs: [left-out]
#   fires: |
#     The plan says that it is not complete, or that changes were put off. Older Terraform and
#     OpenTofu do not say so; there, a configured resource without `count` and `for_each` that
#     neither the planned changes nor the state know.
#   remediation: |
#     Check a plan of the whole configuration: without `-target` or `-exclude`, after what was put
#     off can be planned.
#   since: 0.1.0
package oacguard.partial_plan

finding contains {
	"path": null,
	"plan": index,
	"world": "after",
	"when": null,
	"subject": null,
	"message": sprintf("The plan covers only part of the configuration: %s.", [concat("; ", reasons)]),
	"why": "What a plan leaves out cannot be judged by it; a site may break in what is missing.",
	"fix": concat("", [
		"Check a plan of the whole configuration as well: without `-target` or `-exclude`, ",
		"and once more when what Terraform put off can be planned.",
	]),
	"evidence": [],
} if {
	some index, plan in input.plans
	reasons := array.concat(_said(plan), array.concat(_deferred(plan), _unplanned(plan)))
	count(reasons) > 0
}

_said(plan) := ["Terraform says that it is not complete"] if {
	plan.complete == false
} else := []

_deferred(plan) := [sprintf("Terraform put off %s", [_list(plan.deferred)])] if {
	count(plan.deferred) > 0
} else := []

# Older Terraform and OpenTofu do not say whether a plan is complete, so what it lacks has to.
_unplanned(plan) := [sprintf("it does not hold %s", [_list(plan.unplanned)])] if {
	plan.complete == null
	count(plan.unplanned) > 0
} else := []

_list(addresses) := sprintf("%s and %d more", [_quoted(array.slice(addresses, 0, 5)), rest]) if {
	rest := count(addresses) - 5
	rest > 0
} else := _quoted(addresses)

_quoted(addresses) := concat(", ", [sprintf("`%s`", [address]) | some address in addresses])

# A plan policy for Spacelift (Rego v1) that decides by the report of oacguard.
#
# A hook of the stack makes the report, after each plan:
#
#   terraform show -json spacelift.plan | oacguard check --format spacelift > oacguard.custom.spacelift.json
#
# Spacelift hands that file to plan policies as `input.third_party_metadata.custom.oacguard`. The name of the file and the
# place, the project root, are Spacelift's choice; the hook ends with status 0 on a block, because this policy decides.
#
# What is denied here is what oacguard blocks. No report, one of another shape, and one without a verdict are denied as well:
# a check that did not run has not passed.
package spacelift

# The report; undefined where the hook left none.
_report := input.third_party_metadata.custom.oacguard

# Whether there is an answer at all.
_answered if {
	_report.schema == "oacguard.report/v1"
	_report.verdict in {"pass", "block"}
	is_array(_report.findings)
	_report.errors == []
}

_blocked if {
	_answered
	_report.verdict == "block"
}

# A tracked run comes from the branch that is deployed. Its change was reviewed and merged, so denying it there only leaves
# the branch and the stack apart; a warning makes the run wait for somebody to confirm it, autodeploy or not, while the same
# change is denied on the pull request before. This is Spacelift's own advice. Remove this rule to deny on both.
_tracked if input.spacelift.run.type == "TRACKED"

deny contains msg if {
	not _tracked
	some msg in _reasons
}

warn contains msg if {
	_tracked
	some msg in _reasons
}

# A block stays one even where no finding here shows why.
deny contains "oacguard: the plan is blocked; its report tells why" if {
	not _tracked
	_blocked
	count(_reasons) == 0
}

warn contains "oacguard: the plan is blocked; its report tells why" if {
	_tracked
	_blocked
	count(_reasons) == 0
}

deny contains msg if {
	not _answered
	not _report
	msg := concat(" ", [
		"oacguard: there is no report; let a hook after the plan write oacguard.custom.spacelift.json",
		"to the project root",
	])
}

deny contains msg if {
	not _answered
	_report
	count(_errors) == 0
	msg := "oacguard: there is no verdict in its report, or this policy does not know the report's shape"
}

deny contains msg if {
	not _answered
	some msg in _errors
}

# Why there is no verdict.
_errors contains msg if {
	some error in _report.errors
	msg := sprintf("oacguard: no verdict [%s]: %s", [error.kind, error.message])
}

# Why the plan is blocked: the errors that count. Existing ones are warnings unless oacguard was asked to block them too.
_reasons contains _said(finding) if {
	_blocked
	some finding in _open
	finding.severity == "error"
}

# oacguard was asked to block at less than an error.
_reasons contains _said(finding) if {
	_blocked
	_no_error
	some finding in _open
	finding.status == "introduced"
}

_no_error if {
	every finding in _open {
		finding.severity != "error"
	}
}

warn contains _said(finding) if {
	_answered
	some finding in _open
	finding.severity == "warning"
}

# The findings that count: neither accepted by a waiver nor ended by the plan.
_open contains finding if {
	some finding in _report.findings
	finding.status != "resolved"
	object.get(finding, "waiver", null) == null
}

_said(finding) := sprintf("[%s] %s: %s", [finding.policy, _place(finding), finding.message])

_place(finding) := finding.distribution if is_string(finding.distribution)

_place(finding) := "the plan" if not is_string(object.get(finding, "distribution", null))

#!/usr/bin/env bash
# Plans every Terragrunt unit below the working directory and lets oacguard judge the plans together: what one unit creates,
# another may link to. Arguments go to `oacguard check`.
#
#   bash oacguard-terragrunt.sh --format junit=oacguard.junit.xml
#
# Ends with the exit status of oacguard: 0 pass, 1 block, 2 no verdict; 2 as well when Terragrunt cannot plan.
# Needs oacguard on PATH, and a Terragrunt that knows `run --all --json-out-dir`.
set -euo pipefail

# Plans hold secrets in clear text: nobody else may read them, and they go when this ends. The name is always the same, since
# findings show it; a second run at the same time is refused.
plans=oacguard-plans
umask 077
if ! mkdir "$plans"; then
  echo "error: $plans is there already: another run, or what is left of one" >&2
  exit 2
fi
trap 'rm -rf "$plans"' EXIT

if ! terragrunt run --all --non-interactive --json-out-dir "$PWD/$plans" plan >&2; then
  echo 'error: terragrunt could not plan every unit; there is no verdict' >&2
  exit 2
fi

status=0
oacguard check "$@" -- "$plans" || status=$?
exit "$status"

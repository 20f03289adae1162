#!/usr/bin/env bash
# Lets oacguard judge the plan of a run of HCP Terraform or Terraform Enterprise, before somebody confirms it.
# The first argument is the id of the run, which Terraform prints as part of its address; the others go to `oacguard check`.
#
#   TF_TOKEN=… bash oacguard-hcp.sh run-CZcmD7eagjhyX0vN --format junit=oacguard.junit.xml
#
# Without the API, since Terraform 1.6 and with a `cloud` block: `terraform plan -out=tfplan` saves a plan that runs there,
# and `terraform show -json tfplan | oacguard check` judges it.
#
# A policy set of HCP cannot do this: it takes Rego alone, and what links a distribution to its bucket and key is found
# before Rego comes in.
#
# TF_TOKEN: a token of a user or team that may read the plan's JSON, which holds secrets: it needs admin access to the
# workspace. TFE_HOST: the host, if it is not app.terraform.io.
# Ends with the exit status of oacguard: 0 pass, 1 block, 2 no verdict; 2 as well when there is no plan to be had.
# Needs oacguard and curl on PATH.
set -euo pipefail

run=${1:-}
if ! [[ $run =~ ^run-[A-Za-z0-9]+$ ]]; then
  echo 'error: the first argument is no id of a run, such as run-CZcmD7eagjhyX0vN' >&2
  exit 2
fi
shift
if [ -z "${TF_TOKEN:-}" ]; then
  echo 'error: TF_TOKEN is not set' >&2
  exit 2
fi

umask 077
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# The token is not among the arguments, where any process could read it, and not sent on to where the answer redirects.
# A plan that is not finished is answered with nothing: oacguard has nothing to read then, and that is no pass.
url="https://${TFE_HOST:-app.terraform.io}/api/v2/runs/$run/plan/json-output"
if ! printf 'header = "Authorization: Bearer %s"\n' "$TF_TOKEN" |
  curl --config - --fail --silent --show-error --location --proto '=https' --output "$folder/tfplan.json" "$url"; then
  echo "error: the plan of $run cannot be read; there is no verdict" >&2
  exit 2
fi
touch "$folder/tfplan.json"

status=0
# On standard input the plan has no name, and no report shows a folder of this machine.
oacguard check "$@" <"$folder/tfplan.json" || status=$?
exit "$status"

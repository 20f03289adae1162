"""The same plan in other clothes."""

import gzip
import json

from lib import SMALL, derived, dump


@derived("encoded-utf8-bom", SMALL, "UTF-8 with a byte order mark")
def _(plan):
    return b"\xef\xbb\xbf" + dump(plan)


@derived("encoded-utf16le", SMALL, "UTF-16LE with a byte order mark and CRLF, as PowerShell 5 redirects")
def _(plan):
    return b"\xff\xfe" + dump(plan).decode().replace("\n", "\r\n").encode("utf-16-le")


@derived("encoded-gzip", SMALL, "gzip")
def _(plan):
    return gzip.compress(dump(plan), mtime=0)


@derived("encoded-indented", SMALL, "pretty-printed, as jq leaves it")
def _(plan):
    return (json.dumps(plan, indent=2) + "\n").encode()


@derived("noise-setup-terraform", SMALL, "the lines that the setup-terraform wrapper prints around the document")
def _(plan):
    head = b"[command]/usr/bin/terraform show -json tfplan\n"
    tail = b"::debug::Terraform exited with code 0.\n::debug::stderr: \n::set-output name=exitcode::0\n"
    return head + dump(plan) + b"\n" + tail


@derived("wrapped-plan", SMALL, "under `plan`, beside the run, as HCP Terraform and env0 hand it over")
def _(plan):
    return dump({"plan": plan, "run": {"id": "run-1", "message": "plan"}})


@derived("wrapped-tfplan", SMALL, "under `tfplan`, as Scalr hands it over")
def _(plan):
    return dump({"tfplan": plan, "tfrun": {"is_dry": True}})


@derived("wrapped-terraform", SMALL, "under `terraform`, as Digger hands it over")
def _(plan):
    return dump({"terraform": plan})


@derived("members-null", SMALL, "optional members that are null, not absent")
def _(plan):
    for member in ("resource_drift", "deferred_changes", "output_changes", "relevant_attributes", "checks", "variables"):
        plan[member] = None
    plan["planned_values"]["outputs"] = None
    return dump(plan)


@derived("members-unknown", SMALL, "members that no version has yet: a minor version may bring them")
def _(plan):
    plan["format_version"] = "1.99"
    plan["something_new"] = {"a": [1, {"b": None}]}
    for rc in plan["resource_changes"]:
        rc["new_member"] = True
        rc["change"]["new_member"] = [rc["address"]]
    return dump(plan)

"""What the makers of derived cases share: their register, and how to walk and print a plan document."""

import json
import pathlib

TESTDATA = pathlib.Path(__file__).resolve().parents[2] / "testdata"

SMALL = "aws3-oai-key-outside"  # an OAI in front of inline SSE-KMS, 14 kB
INCIDENT = "article-2-kms"
SSE = "aws_s3_bucket_server_side_encryption_configuration.webapp_s3_sse"
WEBAPP = "aws_cloudfront_distribution.webapp"
CASES = []


def derived(name, base, what, **expect):
    """Registers the function below as the maker of case `name`; what `expect` leaves out is as in the base case."""

    def register(make):
        CASES.append((name, base, what, expect, make))
        return make

    return register


def text_of(base):
    return (TESTDATA / base / "plan.json").read_text(encoding="utf-8")


def dump(document):
    return (json.dumps(document, separators=(",", ":"), ensure_ascii=False) + "\n").encode()


def refused(*contains):
    return {"exit": 2, "findings": [], "exact": True, **({"error_contains": contains[0]} if contains else {})}


def finding(policy, severity, status, **rest):
    return {"policy": policy, "severity": severity, "status": status, **rest}


def change_of(plan, address):
    return next(rc for rc in plan["resource_changes"] if rc["address"] == address)


def strings(value, edit):
    """The same document with `edit` applied to every string in it, keys of objects left alone."""
    if isinstance(value, dict):
        return {k: strings(v, edit) for k, v in value.items()}
    if isinstance(value, list):
        return [strings(v, edit) for v in value]
    return edit(value) if isinstance(value, str) else value


def objects(value):
    """Every object in a document."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from objects(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from objects(inner)


def without(plan, *members):
    for member in members:
        plan.pop(member, None)

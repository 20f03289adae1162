"""Plans with actions that are rare, and with keys that are odd."""

import copy

from lib import INCIDENT, SSE, WEBAPP, change_of, derived, dump, finding, objects, strings


def forget(plan, address):
    rc = change_of(plan, address)
    rc["change"].update(actions=["forget"], after=None, after_unknown={}, after_sensitive=False)
    rc.pop("action_reason", None)
    resources = plan["planned_values"]["root_module"].setdefault("resources", [])
    entry = {k: rc[k] for k in ("address", "mode", "type", "name", "provider_name")}
    resources[:] = [r for r in resources if r["address"] != address] + [{**entry, "values": None}]
    return dump(plan)


@derived(
    "forget-old-key",
    "key-replaced-old-removed",
    "the old key is only forgotten: it goes on living",
    exit=0,
    findings=[],
    exact=True,
)
def _(plan):
    return forget(plan, "aws_kms_key.a")


@derived(
    "forget-bucket-policy",
    "bucket-policy-destroyed",
    "the bucket policy is only forgotten: it stays in force",
    exit=0,
    findings=[],
    exact=True,
)
def _(plan):
    return forget(plan, "aws_s3_bucket_policy.site")


@derived(
    "forget-encryption",
    "broken-already-no-change",
    "the encryption is only forgotten: the bucket stays SSE-KMS, and the outage stays",
)
def _(plan):
    return forget(plan, "aws_s3_bucket_server_side_encryption_configuration.site")


@derived(
    "forget-distribution",
    INCIDENT,
    "the distribution is only forgotten: it goes on serving, and the bucket becomes SSE-KMS",
    exact=False,
)
def _(plan):
    return forget(plan, WEBAPP)


@derived("deposed", INCIDENT, "left-overs of an earlier apply that failed: only they are deleted")
def _(plan):
    for address, changed in ((WEBAPP, {"id": "EDEPOSED000001"}), (SSE, {"bucket": "acme-webapp-old"})):
        left_over = copy.deepcopy(change_of(plan, address))
        change = left_over["change"]
        change.update(actions=["delete"], after=None, after_unknown={}, after_sensitive=False)
        change["before"].update(changed)
        left_over["deposed"] = "9a1b2c3d"
        plan["resource_changes"].append(left_over)
    return dump(plan)


@derived("replace-create-first", "bucket-replaced", "the bucket is replaced the other way round")
def _(plan):
    for rc in plan["resource_changes"]:
        if rc["change"]["actions"] == ["delete", "create"]:
            rc["change"]["actions"] = ["create", "delete"]
    return dump(plan)


def replace_distribution(plan, actions):
    rc = change_of(plan, WEBAPP)
    change = rc["change"]
    rc["action_reason"] = "replace_by_request"
    change["actions"] = actions
    for computed in ("id", "arn", "domain_name", "etag", "status", "hosted_zone_id", "caller_reference"):
        if computed in change["after"]:
            del change["after"][computed]
            change["after_unknown"][computed] = True
    return dump(plan)


@derived("replace-distribution-delete-first", INCIDENT, "the distribution is replaced as well", exact=False)
def _(plan):
    return replace_distribution(plan, ["delete", "create"])


@derived("replace-distribution-create-first", INCIDENT, "the same, the new one first", exact=False)
def _(plan):
    return replace_distribution(plan, ["create", "delete"])


KEY = 'b "x".y[0]'
QUOTED = '["b \\"x\\".y[0]"]'


@derived(
    "keys-quoted",
    "aws3-for-each-one-kms",
    "instance keys with quotes, dots and brackets",
    findings=[
        finding(
            "oai-sse-kms",
            "error",
            "introduced",
            when="next-write",
            distribution="aws_cloudfront_distribution.site" + QUOTED,
            origin="b",
            bucket="aws_s3_bucket.site" + QUOTED,
        )
    ],
)
def _(plan):
    plan = strings(plan, lambda s: s.replace('["b"]', QUOTED))
    for one in objects(plan):
        if one.get("index") == "b":
            one["index"] = KEY
    return dump(plan)


@derived(
    "host-name-added-to-broken",
    "host-name-moves-to-broken",
    "a host name that no distribution had is added to one that has long been broken: nobody loses anything",
    exit=0,
    findings=[
        finding(
            "oai-sse-kms",
            "warning",
            "existing",
            distribution="aws_cloudfront_distribution.green",
            origin="s3",
            bucket="aws_s3_bucket.green",
        )
    ],
    exact=False,
)
def _(plan):
    change_of(plan, "aws_cloudfront_distribution.site")["change"]["before"]["aliases"] = []
    return dump(plan)

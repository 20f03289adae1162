"""Plans of the AWS provider in other words: those of the Cloud Control provider, and of multi-tenant distributions.

No tool at hand plans these types. What Terraform does with their values and references is known, so a real plan of the AWS
provider is put into their words, resource by resource. Two things differ from a mere renaming. Nested values are arguments,
not blocks, so that the configuration has one list of references for the whole of `distribution_config`. And an argument that
is left out is read back after the apply, so that it is as unknown as one with a reference to what is yet to be made.
"""

import json
import re

from lib import SMALL, derived, dump, finding

AWSCC = "registry.terraform.io/hashicorp/awscc"
TENANTS = "aws_cloudfront_multitenant_distribution"
DISTRIBUTION = "aws_cloudfront_distribution"
CONTROL = "aws_cloudfront_origin_access_control"
IDENTITY = "aws_cloudfront_origin_access_identity"
BUCKET, POLICY, SSE = "aws_s3_bucket", "aws_s3_bucket_policy", "aws_s3_bucket_server_side_encryption_configuration"
KEY = "aws_kms_key"
UNKNOWN = object()


def split(value):
    """The two documents that Terraform makes of a value with unknown parts: what is known, and a mask of what is not."""
    if isinstance(value, dict):
        known, unknown = {}, {}
        for name, part in value.items():
            if part is UNKNOWN:
                unknown[name] = True
                continue
            known[name], mask = split(part)
            if mask:
                unknown[name] = mask
        return known, unknown
    if isinstance(value, list):
        parts = [split(part) for part in value]
        masks = [mask or {} for _, mask in parts]
        return [known for known, _ in parts], masks if any(masks) else []
    return value, None


class Reader:
    """Reads attributes of the AWS provider from one of the two worlds; `new` says that what is not set will be read back."""

    def __init__(self, values, mask, new):
        self.values, self.mask, self.new = values or {}, mask if isinstance(mask, dict) else {}, new

    def get(self, name):
        return UNKNOWN if self.mask.get(name) is True else self.values.get(name)

    def optional(self, name):
        """An argument that may be left out: the AWS provider shows an empty text or list then."""
        value = self.get(name)
        return (UNKNOWN if self.new else None) if value in (None, "", []) else value

    def blocks(self, name):
        values, masks = self.values.get(name) or [], self.mask.get(name) or []
        masks = masks if isinstance(masks, list) else []
        count = max(len(values), len(masks))
        pick = lambda items, at: items[at] if at < len(items) else None
        return [Reader(pick(values, at), pick(masks, at), self.new) for at in range(count)]

    def block(self, name, read):
        found = self.blocks(name)
        return read(found[0]) if found else (UNKNOWN if self.new else None)

    def list(self, name, read):
        return [read(block) for block in self.blocks(name)] or (UNKNOWN if self.new else None)


def origin(block):
    return {
        "id": block.get("origin_id"),
        "domain_name": block.get("domain_name"),
        "origin_path": block.optional("origin_path"),
        "origin_access_control_id": block.optional("origin_access_control_id"),
        "s3_origin_config": block.block(
            "s3_origin_config", lambda inner: {"origin_access_identity": inner.get("origin_access_identity")}
        ),
        "custom_origin_config": block.block(
            "custom_origin_config", lambda inner: {"origin_protocol_policy": inner.get("origin_protocol_policy")}
        ),
        "vpc_origin_config": block.block("vpc_origin_config", lambda inner: {}),
    }


def behaviour(block):
    names = ["target_origin_id", "viewer_protocol_policy", "allowed_methods", "cached_methods", "cache_policy_id"]
    plain = {name: block.get(name) for name in names}
    edge = lambda inner: {"event_type": inner.get("event_type"), "lambda_function_arn": inner.get("lambda_arn")}
    return {**plain, "lambda_function_associations": block.list("lambda_function_association", edge)}


def distribution(top):
    certificate = lambda inner: {"cloudfront_default_certificate": inner.get("cloudfront_default_certificate")}
    config = {
        "enabled": top.get("enabled"),
        "comment": top.optional("comment"),
        "staging": UNKNOWN if top.new else top.get("staging"),
        "origins": [origin(block) for block in top.blocks("origin")],
        "default_cache_behavior": top.block("default_cache_behavior", behaviour),
        "cache_behaviors": top.list("ordered_cache_behavior", behaviour),
        "custom_error_responses": UNKNOWN if top.new else None,
        "origin_groups": UNKNOWN if top.new else None,
        "viewer_certificate": top.block("viewer_certificate", certificate),
    }
    ids = {"id": top.get("id"), "distribution_id": top.get("id"), "domain_name": top.get("domain_name")}
    return {**ids, "distribution_config": config, "tags": UNKNOWN if top.new else None}


def control(top):
    names = ["name", "origin_access_control_origin_type", "signing_behavior", "signing_protocol"]
    config = {name: top.get(name) for name in names}
    return {"id": top.get("id"), "origin_access_control_id": top.get("id"), "origin_access_control_config": config}


def identity(top):
    ids = {name: top.get("id") for name in ("id", "cloudfront_origin_access_identity_id")}
    config = {"comment": top.get("comment")}
    return {**ids, "s3_canonical_user_id": top.get("s3_canonical_user_id"), "cloudfront_origin_access_identity_config": config}


def encryption(holder):
    default = lambda block: {
        "sse_algorithm": block.get("sse_algorithm"),
        "kms_master_key_id": block.optional("kms_master_key_id"),
    }
    rule = lambda block: {
        "bucket_key_enabled": block.optional("bucket_key_enabled"),
        "server_side_encryption_by_default": block.block("apply_server_side_encryption_by_default", default),
    }
    return {"server_side_encryption_configuration": holder.list("rule", rule)}


def bucket(top, separate):
    """A bucket with the encryption of the separate resource, if there is one, else with what was read back."""
    if separate is not None:
        inner = encryption(separate)
    else:
        inner = top.block("server_side_encryption_configuration", encryption)
    names = {"arn": "arn", "id": "id", "domain_name": "bucket_domain_name", "website_url": "website_endpoint"}
    plain = {name: top.get(own) for name, own in names.items()}
    regional = {"bucket_name": top.get("bucket"), "regional_domain_name": top.get("bucket_regional_domain_name")}
    unset = UNKNOWN if top.new else None
    return {
        **plain,
        **regional,
        "bucket_encryption": inner,
        "ownership_controls": unset,
        "public_access_block_configuration": unset,
    }


def policy(top):
    return {"id": top.get("bucket"), "bucket": top.get("bucket"), "policy_document": top.get("policy")}


def key(top):
    names = {"arn": "arn", "id": "key_id", "key_id": "key_id", "key_policy": "policy", "enabled": "is_enabled"}
    more = {"key_usage": "key_usage", "key_spec": "customer_master_key_spec", "multi_region": "multi_region"}
    return {name: top.get(own) for name, own in {**names, **more}.items()}


READ = {DISTRIBUTION: distribution, CONTROL: control, IDENTITY: identity, POLICY: policy, KEY: key}
NAMES = {kind: "awscc_" + kind.removeprefix("aws_") for kind in [DISTRIBUTION, CONTROL, BUCKET, POLICY, KEY]}
NAMES[IDENTITY] = "awscc_cloudfront_cloudfront_origin_access_identity"
ATTRIBUTES = {
    "bucket_regional_domain_name": "regional_domain_name",
    "bucket_domain_name": "domain_name",
    "cloudfront_access_identity_path": "id",
    "iam_arn": "s3_canonical_user_id",
}
ARGUMENTS = {BUCKET: {"bucket": "bucket_name"}, POLICY: {"bucket": "bucket", "policy": "policy_document"}}
ARGUMENTS[KEY] = {"policy": "key_policy"}
HOLDERS = {DISTRIBUTION: "distribution_config", CONTROL: "origin_access_control_config"}
HOLDERS[IDENTITY] = "cloudfront_origin_access_identity_config"


def references(expression):
    """Every reference in an expression or in blocks, in their order, as Terraform lists those of one argument."""
    if isinstance(expression, list):
        return [name for block in expression for name in references(block)]
    if not isinstance(expression, dict) or "constant_value" in expression:
        return []
    if "references" in expression:
        return expression["references"]
    return [name for inner in expression.values() for name in references(inner)]


def one(expressions):
    found = references(expressions)
    return {"references": found} if found else {"constant_value": {}}


def written(kind, expressions, separate):
    renamed = {new: expressions[old] for old, new in ARGUMENTS.get(kind, {}).items() if old in expressions}
    if kind in HOLDERS:
        renamed[HOLDERS[kind]] = one(expressions)
    if separate is not None:
        renamed["bucket_encryption"] = one(separate["rule"])
    return renamed


def renamer(kinds, names):
    """An edit of strings that gives addresses and references their new types, and attributes their new names."""
    types = "|".join(re.escape(kind) for kind in kinds)
    pattern = re.compile(rf"(?<![\w.])((?:module\.[\w\[\]\"]+\.)*)({types})\.(\w+(?:\[[^\]]*\])?)(?:\.(\w+))?")

    def renamed(found):
        path, kind, name, attribute = found.groups()
        tail = "." + ATTRIBUTES.get(attribute, attribute) if attribute else ""
        return f"{path}{names[kind]}.{name}{tail}"

    return lambda text: pattern.sub(renamed, text)


def modules(module):
    yield module
    for inner in module.get("child_modules", []):
        yield from modules(inner)
    for call in module.get("module_calls", {}).values():
        yield from modules(call["module"])


def strings(value, edit):
    if isinstance(value, dict):
        return {name: inner if name == "constant_value" else strings(inner, edit) for name, inner in value.items()}
    if isinstance(value, list):
        return [strings(inner, edit) for inner in value]
    return edit(value) if isinstance(value, str) else value


def sse_of(entries, of):
    """The one separate encryption resource, where the bucket is to hold it itself."""
    found = [entry for entry in entries if entry["type"] == SSE]
    return found[0] if of and found else None


def cloud_control(plan, *kinds):
    """The plan with its resources of these types as those of the Cloud Control provider."""
    own = BUCKET in kinds
    sse = sse_of(plan["resource_changes"], own)
    for rc in plan["resource_changes"]:
        if rc["type"] not in kinds or rc["mode"] != "managed":
            continue
        change = rc["change"]
        new = "create" in change["actions"]
        read = READ.get(rc["type"])
        if rc["type"] == BUCKET:
            world = lambda side, mask, new: sse and sse["change"][side] is not None and Reader(sse["change"][side], mask, new)
            earlier = world("before", {}, False) or None
            later = world("after", sse and sse["change"]["after_unknown"], new) or None
            before = change["before"] and bucket(Reader(change["before"], {}, False), earlier)
            after = bucket(Reader(change["after"], change["after_unknown"], new), later)
            if sse and sse["change"]["actions"] != ["no-op"] and not new:
                change["actions"] = ["update"]
        else:
            before = change["before"] and read(Reader(change["before"], {}, False))
            after = read(Reader(change["after"], change["after_unknown"], new))
        change["before"] = before
        change["after"], change["after_unknown"] = split(after)
        change["before_sensitive"], change["after_sensitive"] = (False if before is None else {}), {}
        rc["provider_name"] = AWSCC
    states = [plan["planned_values"], plan.get("prior_state", {}).get("values", {})]
    for root in [state["root_module"] for state in states if "root_module" in state]:
        for module in modules(root):
            found = sse_of(module.get("resources", []), own)
            for entry in module.get("resources", []):
                if entry["type"] not in kinds or entry["mode"] != "managed":
                    continue
                values = Reader(entry.get("values"), {}, False)
                separate = found and Reader(found["values"], {}, False)
                whole = bucket(values, separate) if entry["type"] == BUCKET else READ[entry["type"]](values)
                entry.update(values=whole, sensitive_values={}, provider_name=AWSCC)
    for module in modules(plan["configuration"]["root_module"]):
        found = sse_of(module.get("resources", []), own)
        for entry in module.get("resources", []):
            if entry["type"] in kinds and entry["mode"] == "managed":
                separate = found and found["expressions"] if entry["type"] == BUCKET else None
                entry["expressions"] = written(entry["type"], entry.get("expressions", {}), separate)
                entry["provider_config_key"] = "awscc"
    if own:
        for holder in [plan, *(m for root in states if "root_module" in root for m in modules(root["root_module"]))]:
            name = "resource_changes" if holder is plan else "resources"
            holder[name] = [entry for entry in holder.get(name, []) if entry["type"] != SSE]
        for module in modules(plan["configuration"]["root_module"]):
            module["resources"] = [entry for entry in module.get("resources", []) if entry["type"] != SSE]
    edited = retyped(plan, kinds, NAMES)
    # The planned values of a plan hold no unknown; nothing here reads more of them than what there is.
    return edited


def retyped(plan, kinds, names):
    plan = strings(plan, renamer(kinds, names))

    def walk(value):
        if isinstance(value, dict):
            if value.get("type") in kinds and value.get("mode") == "managed":
                value["type"] = names[value["type"]]
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(plan)
    return plan


def multi_tenant(plan):
    """The plan with its distributions as multi-tenant ones: the same blocks, with some names of their own."""

    def side(values):
        if not values:
            return values
        values = dict(values)
        for name in ("staging", "aliases", "ordered_cache_behavior", "continuous_deployment_policy_id"):
            taken = values.pop(name, None)
            if name == "ordered_cache_behavior" and taken is not None:
                values["cache_behavior"] = taken
        if isinstance(values.get("origin"), list):
            values["origin"] = [
                {("id" if name == "origin_id" else name): part for name, part in block.items() if name != "s3_origin_config"}
                if isinstance(block, dict)
                else block
                for block in values["origin"]
            ]
        return values

    for rc in plan["resource_changes"]:
        if rc["type"] == DISTRIBUTION:
            for name in ("before", "after", "after_unknown", "before_sensitive", "after_sensitive"):
                rc["change"][name] = side(rc["change"][name])
    states = [plan["planned_values"], plan.get("prior_state", {}).get("values", {})]
    for root in [state["root_module"] for state in states if "root_module" in state]:
        for module in modules(root):
            for entry in module.get("resources", []):
                if entry["type"] == DISTRIBUTION:
                    entry["values"] = side(entry["values"])
    for module in modules(plan["configuration"]["root_module"]):
        for entry in module.get("resources", []):
            if entry["type"] == DISTRIBUTION:
                entry["expressions"] = side(entry["expressions"])
    return retyped(plan, [DISTRIBUTION], {DISTRIBUTION: TENANTS})


def blocked(policy, address, when="next-write", **rest):
    found = finding(policy, "error", "introduced", when=when, distribution=address, **rest)
    return {"exit": 1, "findings": [found], "exact": False}


def untold(address, **rest):
    found = finding("unresolved", "note", "introduced", when=None, distribution=address, **rest)
    return {"exit": 0, "findings": [found], "exact": False}


SITE = "awscc_cloudfront_distribution.site"
TENANT_SITE = f"{TENANTS}.site"
EVERYTHING = (DISTRIBUTION, CONTROL, IDENTITY, BUCKET, POLICY, KEY)


@derived(
    "awscc-distribution",
    "article-2-kms",
    "a distribution and an OAI of the Cloud Control provider in front of an `aws_s3_bucket` that becomes SSE-KMS",
    **blocked("oai-sse-kms", "awscc_cloudfront_distribution.webapp", bucket="aws_s3_bucket.webapp_s3"),
)
def _(plan):
    return dump(cloud_control(plan, DISTRIBUTION, IDENTITY))


@derived(
    "awscc-oai-kms-create",
    "oai-kms-create",
    "all by the Cloud Control provider, first apply: one list of references for a whole distribution",
    **blocked("oai-sse-kms", SITE, origin="s3", bucket="awscc_s3_bucket.site", key="awscc_kms_key.site"),
)
def _(plan):
    return dump(cloud_control(plan, *EVERYTHING))


@derived(
    "awscc-aws-managed-key",
    "oac-aws-managed-key-2-turned-on",
    "all by the Cloud Control provider: SSE-KMS without a key in the bucket itself",
    **blocked("oac-aws-managed-key", SITE, origin="s3", bucket="awscc_s3_bucket.site"),
)
def _(plan):
    return dump(cloud_control(plan, *EVERYTHING))


@derived(
    "awscc-oac-kms",
    "migrate-3-kms",
    "OAC, key policy and bucket policy are right; the account is known from the `aws_` OAC",
)
def _(plan):
    return dump(cloud_control(plan, DISTRIBUTION, BUCKET, POLICY, KEY))


@derived(
    "awscc-account-unknown",
    "migrate-3-kms",
    "the same with nothing that tells the distribution's account, which its ARN is made of",
    **untold(SITE, origin="s3", bucket="awscc_s3_bucket.site", key="awscc_kms_key.site"),
)
def _(plan):
    return dump(cloud_control(plan, *EVERYTHING))


@derived(
    "awscc-oac-other-distribution",
    "migrate-3-kms",
    "the policies name another distribution by its id: no account makes that one this one",
    **blocked("oac-key-policy", SITE, origin="s3", bucket="awscc_s3_bucket.site", key="awscc_kms_key.site"),
)
def _(plan):
    text = json.dumps(plan)
    # Only policies hold the ARN, for the distribution itself has none among its attributes here.
    plan = cloud_control(json.loads(text), *EVERYTHING)
    return dump(strings(plan, lambda text: text.replace(":distribution/EM3XDI6DPWZWL3", ":distribution/E0000000000000")))


@derived(
    "awscc-two-origins-create",
    "oai-kms-create",
    "two buckets and two origins, first apply: which domain became which origin is not in the document",
    **untold(SITE),
)
def _(plan):
    plan = cloud_control(plan, *EVERYTHING)
    site = next(rc for rc in plan["resource_changes"] if rc["type"] == "awscc_s3_bucket")
    other = json.loads(json.dumps(site).replace("awscc_s3_bucket.site", "awscc_s3_bucket.other").replace('"site"', '"other"'))
    other["change"]["after"]["bucket_name"] = "acme-other"
    plan["resource_changes"].append(other)
    root = plan["configuration"]["root_module"]
    block = next(entry for entry in root["resources"] if entry["type"] == "awscc_s3_bucket")
    renamed = {"address": "awscc_s3_bucket.other", "name": "other"}
    renamed["expressions"] = {"bucket_name": {"constant_value": "acme-other"}}
    root["resources"].append({**block, **renamed})
    config = next(rc for rc in plan["resource_changes"] if rc["type"] == "awscc_cloudfront_distribution")["change"]
    for side in ("after", "after_unknown"):
        origins = config[side]["distribution_config"]["origins"]
        origins.append(json.loads(json.dumps(origins[0])))
    config["after"]["distribution_config"]["origins"][1]["id"] = "other"
    entry = next(entry for entry in root["resources"] if entry["type"] == "awscc_cloudfront_distribution")
    names = ["awscc_s3_bucket.other.regional_domain_name", "awscc_s3_bucket.other"]
    entry["expressions"]["distribution_config"]["references"] += names
    return dump(plan)


@derived(
    "multi-tenant-aws-managed-key",
    "oac-aws-managed-key-2-turned-on",
    "a multi-tenant distribution in front of SSE-KMS with aws/s3",
    **blocked("oac-aws-managed-key", TENANT_SITE, origin="s3", bucket="aws_s3_bucket.site"),
)
def _(plan):
    return dump(multi_tenant(plan))


@derived(
    "multi-tenant-create",
    "oac-aes256-create",
    "a multi-tenant distribution, first apply: the bucket is told, what CloudFront names as the source is not",
    **untold(TENANT_SITE, origin="s3", bucket="aws_s3_bucket.site"),
)
def _(plan):
    return dump(multi_tenant(plan))


@derived(
    "multi-tenant-source-arn",
    "migrate-3-kms",
    "the policies name a multi-tenant distribution as the source, which CloudFront may or may not do",
    **untold(TENANT_SITE, origin="s3", bucket="aws_s3_bucket.site", key="aws_kms_key.site"),
)
def _(plan):
    return dump(multi_tenant(plan))


@derived(
    "multi-tenant-distribution",
    SMALL,
    "a multi-tenant distribution, the domain of whose origin has a parameter that each tenant sets",
    **untold(f"{TENANTS}.webapp", origin="s3"),
)
def _(plan):
    plan = multi_tenant(plan)
    change = next(rc for rc in plan["resource_changes"] if rc["type"] == TENANTS)["change"]
    origin = change["after"]["origin"][0]
    origin.update(id="s3", domain_name="{{tenant}}.s3.eu-west-1.amazonaws.com", origin_access_control_id="E2EXISTINGOAC0")
    change["after_unknown"]["origin"] = [{}]
    return dump(plan)

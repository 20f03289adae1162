"""Plans of other tools and other versions."""

from lib import INCIDENT, SMALL, SSE, change_of, derived, dump, finding, objects, strings, without


def as_opentofu(plan):
    without(plan, "applyable", "complete")
    plan["terraform_version"] = "1.10.6"
    for variable in plan["configuration"]["root_module"].get("variables", {}).values():
        variable["type"] = "string"
    return strings(plan, lambda s: s.replace("registry.terraform.io/", "registry.opentofu.org/"))


@derived("opentofu-kms", INCIDENT, "article-2-kms by OpenTofu: its registry, no `applyable`, no `complete`")
def _(plan):
    return dump(as_opentofu(plan))


@derived("opentofu-target", "target-hides-kms", "a -target plan by OpenTofu, which does not say that it is partial", exact=False)
def _(plan):
    return dump(as_opentofu(plan))


@derived("format-0.1", SMALL, "Terraform 0.12: format 0.1, providers by short name, no sensitivity")
def _(plan):
    without(plan, "applyable", "complete", "errored", "timestamp", "relevant_attributes", "checks", "resource_drift")
    plan.update(format_version="0.1", terraform_version="0.12.31")
    if "prior_state" in plan:
        plan["prior_state"].update(format_version="0.1", terraform_version="0.12.31")
    for one in objects(plan):
        without(one, "before_sensitive", "after_sensitive", "sensitive_values", "full_name")
    return dump(strings(plan, lambda s: "aws" if s == "registry.terraform.io/hashicorp/aws" else s))


@derived("format-0.2", SMALL, "Terraform 1.0: format 0.2")
def _(plan):
    without(plan, "applyable", "complete", "errored", "timestamp", "relevant_attributes", "checks")
    plan.update(format_version="0.2", terraform_version="1.0.11")
    return dump(plan)


@derived(
    "deferred-change",
    INCIDENT,
    "Terraform puts the change of the encryption off to a later plan",
    exit=0,
    findings=[finding("partial-plan", "warning", "introduced")],
    exact=False,
)
def _(plan):
    plan.update(complete=False, terraform_version="1.12.0-alpha20250319")
    put_off = change_of(plan, SSE)
    plan["resource_changes"].remove(put_off)
    plan["deferred_changes"] = [{"reason": "resource_config_unknown", "resource_change": put_off}]
    return dump(plan)


@derived(
    "sensitive-values-replaced",
    "sensitive-values",
    "a host put REDACTED in the place of sensitive values: the encryption cannot be told",
    exit=0,
    findings=[
        finding(
            "unresolved",
            "note",
            "introduced",
            when=None,
            distribution="aws_cloudfront_distribution.site",
            origin="s3",
        )
    ],
    exact=False,
)
def _(plan):
    def redact(value, mask):
        if mask is True:
            return None if value is None else "REDACTED"
        if isinstance(mask, dict) and isinstance(value, dict):
            return {k: redact(v, mask.get(k)) for k, v in value.items()}
        if isinstance(mask, list) and isinstance(value, list):
            return [redact(v, mask[i] if i < len(mask) else None) for i, v in enumerate(value)]
        return value

    for one in objects(plan):
        for values, mask in (
            ("before", "before_sensitive"),
            ("after", "after_sensitive"),
            ("values", "sensitive_values"),
        ):
            if values in one and mask in one:
                one[values] = redact(one[values], one[mask])
    for name, variable in plan["variables"].items():
        if plan["configuration"]["root_module"]["variables"].get(name, {}).get("sensitive"):
            variable["value"] = "REDACTED"
    return dump(plan)


@derived(
    "aws5-region-of-provider",
    "aws5-oai-legacy",
    "provider 5.100 in a Region without OAIs, which only the provider block tells before the bucket is made",
    exit=1,
    findings=[
        finding(
            "oai-unsupported-region",
            "error",
            "introduced",
            when="next-write",
            distribution="aws_cloudfront_distribution.site",
            origin="s3",
            bucket="aws_s3_bucket.site",
        )
    ],
    exact=False,
)
def _(plan):
    return dump(strings(plan, lambda s: s.replace("eu-west-1", "il-central-1")))

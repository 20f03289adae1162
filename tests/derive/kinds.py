"""Resource types that are not followed yet."""

from lib import SMALL, WEBAPP, change_of, derived, dump, finding


def lone_create(plan, kind, name, after, unknown, provider):
    """The plan with its distribution in another provider's or another type's words."""
    rc = change_of(plan, WEBAPP)
    old, new = rc["address"], f"{kind}.{name}"
    rc.update(address=new, type=kind, name=name, provider_name=provider)
    rc["change"].update(after=after, after_unknown=unknown, after_sensitive={})
    planned = plan["planned_values"]["root_module"]["resources"]
    for entry in planned:
        if entry["address"] == old:
            entry.update(address=new, type=kind, name=name, provider_name=provider, values=after, sensitive_values={})
    for entry in plan["configuration"]["root_module"]["resources"]:
        if entry["address"] == old:
            entry.update(address=new, type=kind, name=name, expressions={})
    return dump(plan)


def not_followed(address, origin):
    return {
        "exit": 0,
        "findings": [finding("unresolved", "note", "introduced", when=None, distribution=address, origin=origin)],
        "exact": False,
    }


@derived(
    "awscc-distribution",
    SMALL,
    "a distribution of the Cloud Control provider: said to be unresolved until it is followed",
    **not_followed("awscc_cloudfront_distribution.webapp", "s3"),
)
def _(plan):
    origin = {
        "id": "s3",
        "domain_name": "acme-webapp-prod.s3.eu-west-1.amazonaws.com",
        "s3_origin_config": {"origin_access_identity": "origin-access-identity/cloudfront/E1EXISTINGOAI0"},
    }
    behaviour = {"target_origin_id": "s3", "viewer_protocol_policy": "redirect-to-https"}
    config = {"enabled": True, "origins": [origin], "default_cache_behavior": behaviour}
    return lone_create(
        plan,
        "awscc_cloudfront_distribution",
        "webapp",
        {"distribution_config": config, "tags": None},
        {"id": True, "domain_name": True, "distribution_config": {"origins": [{}]}},
        "registry.terraform.io/hashicorp/awscc",
    )


@derived(
    "multi-tenant-distribution",
    SMALL,
    "a multi-tenant distribution whose origin has no fixed domain",
    **not_followed("aws_cloudfront_multitenant_distribution.webapp", "s3"),
)
def _(plan):
    origin = {
        "id": "s3",
        "domain_name": "{{tenant}}.s3.eu-west-1.amazonaws.com",
        "origin_access_control_id": "E2EXISTINGOAC0",
        "custom_origin_config": [],
    }
    behaviour = {"target_origin_id": "s3", "viewer_protocol_policy": "redirect-to-https"}
    return lone_create(
        plan,
        "aws_cloudfront_multitenant_distribution",
        "webapp",
        {"enabled": True, "origin": [origin], "default_cache_behavior": [behaviour], "cache_behavior": []},
        {"id": True, "arn": True, "origin": [{}]},
        "registry.terraform.io/hashicorp/aws",
    )

"""Values of a shape that no provider gives them: what is not understood is not taken for absent."""

from lib import INCIDENT, SSE, WEBAPP, change_of, derived, dump, finding, refused

ORIGIN = "acme-webapp-prod.s3.eu-west-1.amazonaws.com"


def untold(**known):
    """What must be said where the shape hides what decides."""
    return {
        "exit": 0,
        "findings": [finding("unresolved", "note", "introduced", when=None, distribution=WEBAPP, **known)],
        "exact": False,
    }


def after(plan, address):
    return change_of(plan, address)["change"]["after"]


@derived("shape-origin-object", INCIDENT, "the origins are an object, not a list", **untold())
def _(plan):
    distribution = after(plan, WEBAPP)
    distribution["origin"] = distribution["origin"][0]
    return dump(plan)


@derived("shape-origin-string", INCIDENT, "the origins are a string", **untold())
def _(plan):
    after(plan, WEBAPP)["origin"] = "x"
    return dump(plan)


@derived("shape-domain-null", INCIDENT, "the domain of the origin is null", **untold(origin=ORIGIN, bucket=None))
def _(plan):
    after(plan, WEBAPP)["origin"][0]["domain_name"] = None
    return dump(plan)


@derived("shape-domain-number", INCIDENT, "the domain of the origin is a number; its reference still tells", exact=False)
def _(plan):
    after(plan, WEBAPP)["origin"][0]["domain_name"] = 5
    return dump(plan)


@derived("shape-rule-string", INCIDENT, "the rule of the encryption is a string", **untold(origin=ORIGIN))
def _(plan):
    after(plan, SSE)["rule"] = "x"
    return dump(plan)


@derived("shape-algorithm-number", INCIDENT, "the algorithm of the encryption is a number", **untold(origin=ORIGIN))
def _(plan):
    after(plan, SSE)["rule"][0]["apply_server_side_encryption_by_default"][0]["sse_algorithm"] = 3
    return dump(plan)


@derived("shape-attributes-null", INCIDENT, "a distribution that stays has no attributes", **refused(WEBAPP))
def _(plan):
    change_of(plan, WEBAPP)["change"]["after"] = None
    return dump(plan)


@derived("shape-attributes-string", INCIDENT, "the attributes of the distribution are a string", **refused(WEBAPP))
def _(plan):
    change_of(plan, WEBAPP)["change"]["after"] = "(redacted)"
    return dump(plan)


@derived("shape-mode-unknown", INCIDENT, "the encryption is in a mode that no version has", **refused(SSE))
def _(plan):
    change_of(plan, SSE)["mode"] = "ephemeral"
    return dump(plan)


@derived("shape-changes-null", INCIDENT, "the list of changes is null", **refused("resource_changes"))
def _(plan):
    plan["resource_changes"] = None
    return dump(plan)

"""What is no plan, or none that can be judged."""

from lib import SMALL, INCIDENT, derived, dump, refused


@derived("bad-empty", None, "an empty file", **refused())
def _(_plan):
    return b""


@derived("bad-blank", None, "a line break and nothing else", **refused())
def _(_plan):
    return b"\n"


@derived("bad-null", None, "the JSON document null", **refused())
def _(_plan):
    return b"null\n"


@derived("bad-array", None, "a JSON array", **refused())
def _(_plan):
    return b'[{"format_version":"1.2"}]\n'


@derived("bad-nul-bytes", None, "NUL bytes, as a crashed disk or a broken artifact leaves them", **refused())
def _(_plan):
    return bytes(512)


@derived("bad-html", None, "the error page of a download", **refused())
def _(_plan):
    return b"<!DOCTYPE html>\n<html><head><title>404 Not Found</title></head><body>{}</body></html>\n"


@derived("bad-other-json", None, "a JSON object that is no plan", **refused())
def _(_plan):
    return dump({"name": "web", "version": "1.0.0", "scripts": {"plan": "terraform plan"}})


@derived("bad-truncated", INCIDENT, "a plan cut off in the middle", **refused())
def _(plan):
    text = dump(plan)
    return text[: len(text) * 3 // 5]


@derived("bad-errored", "article-1-oai", "a plan that Terraform could not finish", **refused("errored"))
def _(plan):
    plan.update(errored=True, applyable=False, complete=False)
    dropped = {rc["address"] for rc in plan["resource_changes"][2:]}
    for resources in (plan["resource_changes"], plan["planned_values"]["root_module"]["resources"]):
        resources[:] = [one for one in resources if one["address"] not in dropped]
    return dump(plan)


@derived("bad-format-2.0", SMALL, "a major format version of the future", **refused("2.0"))
def _(plan):
    plan["format_version"] = "2.0"
    return dump(plan)


@derived("bad-state", INCIDENT, "terraform show -json without a plan: the state", **refused("state"))
def _(plan):
    return dump(plan["prior_state"])


@derived("bad-empty-state", None, "terraform show -json where there is neither plan nor state", **refused())
def _(_plan):
    return dump({"format_version": "1.0"})


@derived("bad-configuration", SMALL, "a dump of the configuration, as tofu show -config -json prints", **refused())
def _(plan):
    return dump({"format_version": "1.0", **plan["configuration"]})


@derived("bad-redacted", INCIDENT, "HCP Terraform's json-output-redacted: no values, no configuration", **refused("redacted"))
def _(plan):
    def bare(rc):
        return {**rc, "change": {"actions": rc["change"]["actions"], "before": {}, "after": {}, "after_unknown": {}}}

    return dump(
        {
            "plan_format_version": plan["format_version"],
            "provider_format_version": "1.0",
            "provider_schemas": {},
            "resource_changes": [bare(rc) for rc in plan["resource_changes"]],
            "resource_drift": [],
            "output_changes": {},
            "relevant_attributes": [],
        }
    )


@derived("bad-log-lines", INCIDENT, "terraform plan -json: a log, one JSON object a line", **refused("log"))
def _(plan):
    def line(message, kind, **more):
        return {
            "@level": "info",
            "@message": message,
            "@module": "terraform.ui",
            "@timestamp": "2026-01-01T00:00:00.000000Z",
            "type": kind,
            **more,
        }

    lines = [line("Terraform 1.11.4", "version", terraform="1.11.4", ui="1.2")]
    for rc in plan["resource_changes"]:
        action = rc["change"]["actions"][0]
        if action != "no-op":
            resource = {"addr": rc["address"], "resource_type": rc["type"], "resource_name": rc["name"]}
            lines.append(
                line(
                    f"{rc['address']}: Plan to {action}",
                    "planned_change",
                    change={"resource": resource, "action": action},
                )
            )
    return b"".join(dump(one) for one in lines)

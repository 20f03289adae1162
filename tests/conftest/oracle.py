#!/usr/bin/env python3
"""What conftest would answer to every pair in `pairs/`, worked out without oacguard.

The loop of conftest (policy/engine.go and runner/test.go of open-policy-agent/conftest, 2026) is told again here, over the
engine that conftest has itself: that of the Open Policy Agent, as a library (tests/conformance/requirements.txt).

A pair whose `by` is "documentation" is left out: the library knows no Rego v0, and ends where a builtin fails, which is
undefined to conftest. What is expected of such a pair comes from the page it names.

A pair that says what `differs` holds what conftest would answer under `conftest`; that is what is compared then. An error
of conftest is status 1; in a pair it is written 2, as oacguard gives it.

    python3 tests/conftest/oracle.py [PAIR...]

Heads of rules in the policies of pairs begin in the first column, and nothing else does but `package`, `import` and `}`.
Data in YAML is read by a rule, since there is no other reader of it at hand.
"""

import fnmatch
import json
import os
import re
import sys
from pathlib import Path

from opa_bindings import OpaEngine, OpaError

HERE = Path(__file__).resolve().parent
FAILURE = re.compile(r"(deny|violation)(_[a-zA-Z0-9]+)*")
WARNING = re.compile(r"warn(_[a-zA-Z0-9]+)*")
HEAD = re.compile(r"(default\s+)?([A-Za-z_]\w*)(.*)", re.DOTALL)
NO_HEAD = {"package", "import", "else"}
WILDCARDS = set("*?[")


class Refused(Exception):
    """conftest would end with an error, and print no results."""


def main(names):
    folders = [HERE / "pairs" / name for name in names] or sorted((HERE / "pairs").iterdir())
    compared, told, wrong = 0, 0, []
    for folder in folders:
        pair = json.loads((folder / "pair.json").read_text())
        if pair.get("by") == "documentation":
            told += 1
            continue
        compared += 1
        expected = pair.get("conftest") or pair["expect"]
        actual = answer(folder, pair)
        if normal(expected) != normal(actual):
            wrong.append(f"{folder.name}: the pair says\n  {normal(expected)}\nthe oracle says\n  {normal(actual)}")
    print("\n".join(wrong), file=sys.stderr)
    print(f"{compared} pairs compared, {told} told by documentation, {len(wrong)} differ", file=sys.stderr)
    return 1 if wrong else 0


def normal(answered):
    """An answer in an order that says nothing: conftest walks files and modules in random order."""
    rows = [
        {
            "file": row["file"],
            "namespace": row["namespace"],
            "successes": row["successes"],
            "failures": sorted(row.get("failures", [])),
            "warnings": sorted(row.get("warnings", [])),
            "exceptions": row.get("exceptions", 0),
        }
        for row in answered.get("results") or []
    ]
    return {"exit": answered["exit"], "results": sorted(rows, key=lambda row: json.dumps(row, sort_keys=True))}


def answer(folder, pair):
    """The answer to one pair."""
    options = Options(pair["flags"])
    os.chdir(folder)
    try:
        results = run(options, pair["inputs"])
    except Refused:
        return {"exit": 2, "results": []}
    return {"exit": status(options, results), "results": results}


class Options:
    """The flags of one pair."""

    def __init__(self, flags):
        self.policies, self.namespaces, self.data = [], [], []
        self.all_namespaces = self.combine = self.fail_on_warn = self.no_fail = False
        lists = {"-p": self.policies, "-n": self.namespaces, "-d": self.data}
        lists |= {"--policy": self.policies, "--namespace": self.namespaces, "--data": self.data}
        switches = {"--all-namespaces", "--combine", "--fail-on-warn", "--no-fail"}
        flags = iter(flags)
        for flag in flags:
            if flag in lists:
                lists[flag].extend(next(flags).split(","))
            elif flag in switches:
                setattr(self, flag[2:].replace("-", "_"), True)
            elif flag == "--rego-version":
                assert next(flags) == "v1", "the library knows v1 only"
            else:
                raise AssertionError(f"unknown flag {flag}")
        self.policies = self.policies or ["policy"]
        self.namespaces = self.namespaces or ["main"]


def run(options, inputs):
    modules = [Module(path) for root in options.policies for path in files(Path(root), {".rego"})]
    if not modules:
        raise Refused("no policies")
    if any(module.if_without_contains for module in modules):
        raise Refused("if without contains")
    data = documents(options.data)
    plans = {path: json.loads(Path(path).read_text()) for path in inputs}
    if options.combine:
        whole = [{"path": path, "contents": plans[path]} for path in sorted(plans)]
        plans = {"Combined": whole}
    return [
        check(modules, data, namespace, path, plan)
        for namespace in namespaces(options, modules)
        for path, plan in plans.items()
    ]


def files(root, extensions):
    """The files under a path, or the path itself."""
    if not root.exists():
        raise Refused(f"{root} does not exist")
    found = [root] if root.is_file() else sorted(path for path in root.rglob("*") if path.is_file())
    return [path for path in found if path.suffix.lower() in extensions]


def documents(paths):
    """All data in one object: neither folders nor files become keys."""
    merged = {}
    for path in (file for root in paths for file in files(Path(root), {".json", ".yaml", ".yml"})):
        try:
            text = path.read_text()
            read = json.loads(text) if path.suffix == ".json" else yaml(text)
        except (ValueError, OpaError) as error:
            raise Refused(f"{path}: {error}") from error
        if not isinstance(read, dict):
            raise Refused(f"{path} is no object")
        merge(merged, read)
    return merged


def yaml(text):
    """A document in YAML."""
    with OpaEngine() as engine:
        return engine.eval_query("document := yaml.unmarshal(input)", text)[0]["document"]


def merge(into, other):
    for key, value in other.items():
        if key not in into:
            into[key] = value
        elif isinstance(into[key], dict) and isinstance(value, dict):
            merge(into[key], value)
        else:
            raise Refused(f"{key} is there twice")


class Module:
    """What conftest has to know of the text of a module: its package, and the heads of rules it counts."""

    def __init__(self, path):
        self.path = str(path)
        self.source = path.read_text()
        self.package = ""
        self.heads, self.if_without_contains = [], False
        for line in self.source.splitlines():
            found = HEAD.match(line)
            if not found:
                continue
            _, word, rest = found.groups()
            if word == "package":
                self.package = rest.split("#")[0].strip()
            elif word not in NO_HEAD:
                self._head(word, rest)

    def _head(self, name, rest):
        if not (FAILURE.fullmatch(name) or WARNING.fullmatch(name)):
            return
        term = re.match(r"\[[^\]]*\]", rest)
        after = rest[term.end() :] if term else rest
        if term and re.match(r"\s+if\b", after):
            self.if_without_contains = True
        elif not (rest.startswith(".") or after.startswith(("[", "."))):
            self.heads.append(name)


def namespaces(options, modules):
    """Those to look at, each once."""
    loaded = list(dict.fromkeys(module.package for module in modules))
    if options.all_namespaces:
        return loaded
    if not any(WILDCARDS & set(asked) for asked in options.namespaces):
        return options.namespaces
    return [name for name in loaded if any(fnmatch.fnmatchcase(name, asked) for asked in options.namespaces)]


def check(modules, data, namespace, path, plan):
    """One namespace over one input."""
    place = Path(os.path.abspath(path))
    file = {"name": place.name, "dir": str(place.parent)}
    engine = OpaEngine()
    engine.print_handler = lambda *_: None
    try:
        for module in modules:
            engine.add_policy(module.path, module.source)
        engine.add_data({**data, "conftest": {**data.get("conftest", {}), "file": file}})
    except OpaError as error:
        raise Refused(str(error)) from error

    heads = [head for module in modules if module.package == namespace for head in module.heads]
    excepted = exceptions(value(engine, f"data.{namespace}.exception", plan))
    successes, failures, warnings, exempt = 0, [], [], 0
    for rule in dict.fromkeys(heads):
        # The rule is asked either way: what is wrong with it is an error even when it is exempted.
        told = messages(value(engine, f"data.{namespace}.{rule}", plan))
        times = excepted.count(subject(rule))
        if times:
            exempt += times
            continue
        successes += told.count("")
        (failures if FAILURE.fullmatch(rule) else warnings).extend(text for text in told if text)
    total = successes + len(failures) + len(warnings) + exempt
    return {
        "file": place.name,
        "namespace": namespace,
        "successes": successes + max(0, len(heads) - total),
        "failures": failures,
        "warnings": warnings,
        "exceptions": exempt,
    }


UNDEFINED = object()


def value(engine, query, plan):
    """What a document is, or that it is undefined. Sets come as lists."""
    try:
        rows = engine.eval_query(f"answer := {query}", plan)
    except OpaError as error:
        raise Refused(str(error)) from error
    return rows[0]["answer"] if rows else UNDEFINED


def messages(told):
    """The messages of a rule; an empty one is a success."""
    if told is UNDEFINED:
        return []
    if not isinstance(told, (list, set, frozenset, tuple)) or not told:
        return [""]
    out = []
    for member in told:
        if isinstance(member, str):
            out.append(member)
        elif isinstance(member, dict):
            if not isinstance(member.get("msg"), str):
                raise Refused("msg must be a string")
            out.append(member["msg"])
    return out


def exceptions(told):
    """All rules that are exempted, as often as they are."""
    out = []
    for row in children(told):
        out.extend(one for one in children(row) if isinstance(one, str))
    return out


def children(of):
    if isinstance(of, dict):
        return list(of.values())
    return list(of) if isinstance(of, (list, set, frozenset, tuple)) else []


def subject(rule):
    """What a rule is about: its name without what says how bad it is."""
    if rule in ("deny", "violation", "warn"):
        return ""
    for prefix in ("violation_", "deny_", "warn_"):
        rule = rule.removeprefix(prefix)
    return rule


def status(options, results):
    failed = any(row["failures"] for row in results)
    warned = any(row["warnings"] for row in results)
    if options.no_fail:
        return 0
    if options.fail_on_warn:
        return 2 if failed else int(warned)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Evaluates a bundle of policies with the engine of the Open Policy Agent.

evaluate.py BUNDLE QUERY INPUTS: prints, as JSON, what QUERY binds for each file of the folder INPUTS, by its name. Policies
may also be a folder. Whatever goes wrong is an exception: there is no partial answer.
"""

import json
import sys
import tarfile
from pathlib import Path

from opa_bindings import OpaEngine


def modules(policies: Path) -> dict[str, str]:
    """The Rego files of a bundle or a folder, by their paths."""
    if policies.is_dir():
        return {str(path.relative_to(policies)): path.read_text("utf-8") for path in sorted(policies.rglob("*.rego"))}
    with tarfile.open(policies) as archive:
        files = {member.name: archive.extractfile(member).read().decode() for member in archive.getmembers()}
    manifest = json.loads(files.pop(".manifest"))
    assert manifest["rego_version"] == 1, manifest
    for path, source in files.items():
        package = next(line.split()[1] for line in source.splitlines() if line.startswith("package "))
        assert package.split(".")[0] in manifest["roots"], f"{path} is outside the roots of the bundle"
    return files


def main() -> None:
    policies, query, inputs = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
    answers = {}
    with OpaEngine() as engine:
        for path, source in modules(policies).items():
            engine.add_policy(path, source)
        for file in sorted(inputs.iterdir()):
            answers[file.stem] = engine.eval_query(query, json.loads(file.read_text("utf-8")))
    json.dump(answers, sys.stdout)


main()

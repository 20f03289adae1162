#!/usr/bin/env python3
"""What the Open Policy Agent makes of the expressions in `expressions/`.

Each file holds entries with an empty line in between: rules, if any, and an expression, one line each, and then, indented,
what comes of the expression: a value as JSON, `undefined`, `error` where a built-in function fails (which is undefined to
conftest), or `refused` where the policy is not accepted. A line that begins with `!` says why something else comes of it in
oacguard, and what.

    python3 tests/conftest/expressions.py [--write] [FILE...]

Needs the library of tests/conformance/requirements.txt. With --write, what is there of values is replaced.
"""

import json
import sys
from pathlib import Path

from opa_bindings import OpaEngine, OpaError

HERE = Path(__file__).resolve().parent / "expressions"


def main(arguments):
    write = "--write" in arguments
    files = [Path(name) for name in arguments if name != "--write"] or sorted(HERE.glob("*.txt"))
    document = json.loads((HERE / "input.json").read_text())
    wrong, count = [], 0
    for file in files:
        out = []
        for entry in file.read_text().strip("\n").split("\n\n"):
            lines = [line for line in entry.splitlines() if not line.startswith("#")]
            above = [line for line in entry.splitlines() if line.startswith("#")]
            source = [line for line in lines if not line.startswith("    ")]
            said = [line.strip() for line in lines if line.startswith("    ")]
            kept = [line for line in said if line.startswith("!")]
            told = answer(source, document)
            count += 1
            if [line for line in said if not line.startswith("!")] != [told]:
                wrong.append(f"{file.name}: {source}: {said}, and OPA says {told}")
            out.append("\n".join(above + source + [f"    {line}" for line in [told, *kept]]))
        if write:
            file.write_text("\n\n".join(out) + "\n")
    if not write:
        print("\n".join(wrong), file=sys.stderr)
    print(f"{count} expressions, {len(wrong)} with another answer", file=sys.stderr)
    return int(bool(wrong) and not write)


def answer(source, document):
    *rules, expression = source
    module = "\n".join(["package expressions", *rules, "answer := value if {", f"value := {expression}", "}"])
    with OpaEngine() as engine:
        # What is printed is of no interest here.
        engine.print_handler = lambda *_: None
        try:
            engine.add_policy("expressions.rego", module)
            found = engine.eval_query("answer := data.expressions.answer", document)
        except OpaError as error:
            return "error" if "eval_builtin_error" in str(error) or "eval_type_error" in str(error) else "refused"
    return json.dumps(found[0]["answer"], ensure_ascii=False) if found else "undefined"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

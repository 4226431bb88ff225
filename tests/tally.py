#!/usr/bin/env python3
"""tally.py LOG...: counts single tests in the logs of meson (testlog.json, of cmocka programs) and pytest (JUnit .xml), names
the failed ones, and ends with one line `N passed, N failed[, N skipped]`. Exit status 1 if any failed.

A cmocka test passed if its program said so: one that crashed, hung or never came to its end has failed.
"""

import json
import re
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path


class Tally:
    def __init__(self):
        self.passed, self.skipped, self.failed = 0, 0, []

    def add_program(self, name, entry):
        """One test program of meson."""
        said = (entry.get("stdout") or "") + "\n" + (entry.get("stderr") or "")
        names = {mark: set(re.findall(rf"\[ *{mark} *\] (\w+)$", said, re.MULTILINE)) for mark in ("RUN", "OK", "SKIPPED")}
        failed = names["RUN"] - names["OK"] - names["SKIPPED"]
        self.skipped += len(names["SKIPPED"])
        self.passed += len(names["RUN"] & names["OK"] - names["SKIPPED"])
        self.failed += [f"{name}: {test}" for test in sorted(failed)]
        result = entry["result"]
        if result not in ("OK", "SKIP", "EXPECTEDFAIL") and not failed:
            self.failed.append(f"{name}: the program itself ({result}, exit code {entry.get('returncode')})")
        elif not names["RUN"]:  # not a cmocka program: counts as one test
            self.skipped += result == "SKIP"
            self.passed += result != "SKIP"

    def add_meson(self, path):
        entries = [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
        for entry in entries:
            self.add_program(entry["name"].split(" / ")[-1], entry)
        if not entries:
            self.failed.append(f"{path}: no test was run")

    def add_pytest(self, path):
        cases = list(ElementTree.parse(path).iter("testcase"))
        for case in cases:
            outcomes = {child.tag for child in case}
            if outcomes & {"failure", "error"}:
                self.failed.append(f"{case.get('classname')}: {case.get('name')}")
            elif "skipped" in outcomes:
                self.skipped += 1
            else:
                self.passed += 1
        if not cases:
            self.failed.append(f"{path}: no test was run")

    def add(self, path):
        try:
            if path.suffix == ".xml":
                self.add_pytest(path)
            else:
                self.add_meson(path)
        except (OSError, ValueError, KeyError, ElementTree.ParseError) as error:
            self.failed.append(f"{path}: no results ({error})")


def main():
    tally = Tally()
    for name in sys.argv[1:]:
        tally.add(Path(name))
    for name in tally.failed:
        print(f"failed: {name}")
    skipped = f", {tally.skipped} skipped" if tally.skipped else ""
    print(f"{tally.passed} passed, {len(tally.failed)} failed{skipped}")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())

"""Known holes in the pinned dependencies, by pip-audit; how many of them could be asked about is always said.

`make check` tells and goes on: an advisory of tomorrow must not break what is right today, and where the advisories
cannot be reached nothing is known. `make audit` (--strict) fails at a hole that is not explained here, and where less
than all could be audited.
"""

from __future__ import annotations

import json
import subprocess
import sys

EXPLAINED: dict[str, str] = {}
"""Id of an advisory: why it does not reach us."""
COMMAND = ("pip-audit", "-r", "constraints.txt", "--no-deps", "--disable-pip", "--format", "json")


def main() -> int:
    """Ask, tell, and say by the exit code whether all is well."""
    strict = "--strict" in sys.argv
    try:
        done = subprocess.run(
            (*COMMAND, "--progress-spinner", "off"), capture_output=True, text=True, check=False, timeout=300
        )
        found = json.loads(done.stdout)["dependencies"]
    except (OSError, subprocess.TimeoutExpired, json.JSONDecodeError, KeyError):
        sys.stdout.write("audit: the advisories cannot be reached from here; nothing was audited\n")
        return int(strict)
    asked = [one for one in found if "skip_reason" not in one]
    holes = [(one["name"], one["version"], v["id"], v["fix_versions"]) for one in asked for v in one["vulns"]]
    for name, version, advisory, fixed in holes:
        why = EXPLAINED.get(advisory) or f"NOT EXPLAINED; fixed in {', '.join(fixed) or 'no version yet'}"
        sys.stdout.write(f"audit: {name} {version}: {advisory}: {why}\n")
    sys.stdout.write(
        f"audit: {len(asked)} of {len(found)} packages audited, {len(holes)} known holes"
        f"{'' if len(asked) == len(found) else '; of the others no advisories could be had here'}\n"
    )
    open_ = [advisory for *_, advisory, _ in holes if advisory not in EXPLAINED]
    return int(strict and (bool(open_) or len(asked) < len(found)))


if __name__ == "__main__":
    sys.exit(main())

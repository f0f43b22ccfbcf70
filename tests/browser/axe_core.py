"""axe-core looks at a page.

It is a development tool of its own (MPL 2.0), installed by npm into a temporary folder; without node, npm or a registry
to ask the test is skipped and says so.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import pytest

SERIOUS = ("serious", "critical")


@cache
def axe_script() -> str:
    """The script of axe-core, installed once a run; skips the test where that cannot be."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("no npm on this machine: axe did not look at the pages")
    with tempfile.TemporaryDirectory(prefix="elancry-axe-") as place:
        command = [npm, "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", place, "axe-core@4"]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=60, cwd=place)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            pytest.skip("npm could not install axe-core: axe did not look at the pages")
        return (Path(place) / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def serious(page, axe: str) -> list[str]:
    """What axe calls serious or critical: its rule, and the first places."""
    page.evaluate(f"{axe}; 0")
    found = json.loads(
        page.evaluate(
            "axe.run(document, {resultTypes: ['violations']}).then(r => JSON.stringify(r.violations.map("
            "v => [v.id, v.impact, v.nodes.length, v.nodes.slice(0, 3).map(n => n.html.slice(0, 160))])))"
        )
    )
    return [f"{rule} x{count}: {places}" for rule, impact, count, places in found if impact in SERIOUS]

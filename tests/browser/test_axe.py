"""axe-core finds nothing serious in the report: light and dark, wide and on a phone, everything unfolded.

axe-core is a development tool of its own (MPL 2.0), installed by npm into a temporary folder; without node, npm or a
registry to ask the test is skipped and says so.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "report"))
sys.path.insert(0, str(Path(__file__).parent))

from chromium import Browser, find_chromium
from sample_results import sample_results, write_report

SERIOUS = ("serious", "critical")


@pytest.fixture(scope="module")
def axe(tmp_path_factory) -> str:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("no npm on this machine: axe did not look at the report")
    folder = tmp_path_factory.mktemp("axe")
    command = [npm, "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(folder), "axe-core@4"]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=60, cwd=folder)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        pytest.skip("npm could not install axe-core: axe did not look at the report")
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    write_report(sample_results(), folder)
    return folder / "report.html"


@pytest.fixture(scope="module")
def browser():
    executable = find_chromium()
    if executable is None:
        pytest.skip("no Chromium on this machine: axe did not look at the report")
    started = Browser(executable)
    yield started
    started.close()


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


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (1280, True), (390, False)])
def test_nothing_serious(browser, report, axe, width, dark):
    page = browser.open(report, width=width, dark=dark)
    page.evaluate("document.querySelector('.open-all').click()")
    assert serious(page, axe) == []


def test_the_guard_of_the_test_above(browser, axe, tmp_path):
    """A picture without an alternative text is found."""
    bad = tmp_path / "bad.html"
    bad.write_text('<!doctype html><html lang="en"><title>t</title><img src="data:,"></html>', encoding="utf-8")
    assert any(text.startswith("image-alt") for text in serious(browser.open(bad), axe))

"""axe-core finds nothing serious in the report: light and dark, wide and on a phone, everything unfolded."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "report"))
sys.path.insert(0, str(Path(__file__).parent))

from axe_core import axe_script, serious
from chromium import Browser, find_chromium
from sample_results import sample_results, write_report


@pytest.fixture(scope="module")
def axe() -> str:
    return axe_script()


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

"""`elancry app` in a real browser: from an empty page to a merged study and its worklist, by clicking alone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from axe_core import axe_script, serious
from chromium import Browser, find_chromium

START = "from elancry.cli.start import main; main()"


@pytest.fixture(scope="module")
def browser():
    executable = find_chromium()
    if executable is None:
        pytest.skip("no Chromium on this machine: nobody clicked through the page")
    started = Browser(executable)
    yield started
    started.close()


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    study = home / "Studie Grün"
    command = ["simulate", "-o", str(study / "coded"), "--sessions", "2", "--sequences", "3", "-q"]
    subprocess.run([sys.executable, "-c", START, *command], check=True)
    return home


@pytest.fixture
def page(browser, home):
    environment = {**os.environ, "HOME": str(home), "LANGUAGE": "en", "PYTHONUTF8": "1"}
    server = subprocess.Popen(
        [sys.executable, "-c", START, "app", "--no-browser"],
        cwd=home, env=environment, stdout=subprocess.PIPE, encoding="utf-8",
    )  # fmt: skip
    assert server.stdout is not None
    address = re.search(r"http://\S+", server.stdout.readline())
    assert address is not None
    yield browser.open(address[0], height=900)
    server.terminate()
    server.wait(20)
    server.stdout.close()


def wait(page, expression: str, seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < until, f"{expression}: {page.evaluate('document.body.innerText')}"
        time.sleep(0.05)


def click(page, words: str, within: str = "main") -> None:
    button = f"[...document.querySelectorAll('{within} button')].find((one) => one.textContent.includes('{words}'))"
    wait(page, f"Boolean({button})")
    page.evaluate(f"{button}.click()")


def heading(page, words: str) -> None:
    wait(page, f"document.querySelector('h1')?.textContent === '{words}'")


def test_the_path_by_clicking(page, home):
    heading(page, "Start")
    click(page, "Studie Gr")
    wait(page, "document.querySelector('#chooser p')?.textContent.endsWith('Studie Grün')")
    click(page, "Use this folder")
    wait(page, "document.getElementById('study-name').textContent.includes('Studie Grün')")
    click(page, "Check the files")
    heading(page, "Check")
    click(page, "Check now")
    wait(page, "document.querySelectorAll('main details, main .next').length > 0")
    click(page, "Merge and analyze", "#rooms")
    heading(page, "Merge and analyze")
    click(page, "Merge the raters")
    wait(page, "Boolean(document.getElementById('output'))")
    page.evaluate("[...document.querySelectorAll('main button.main')].at(-1).click()")
    wait(page, "document.querySelector('main pre')?.textContent.includes('merged into')")
    assert len(list((home / "Studie Grün" / "merged").glob("*.merged.eaf"))) == 2
    wait(page, "document.body?.textContent.includes('worklist.html')")
    own = page.evaluate("location.origin")
    assert [url for url in page.requests() if not url.startswith((own, "data:"))] == []
    assert page.complaints() == []


def test_another_language_and_a_reload(page):
    heading(page, "Start")
    page.evaluate(
        "document.getElementById('language').value = 'de';"
        "document.getElementById('language').dispatchEvent(new Event('change')); 0"
    )
    wait(page, "document.body?.textContent.includes('Den Ordner der Studie')")
    page.evaluate("location.reload(); 0")
    wait(page, "document.body?.textContent.includes('Den Ordner der Studie')")
    wait(page, "document.documentElement?.lang === 'de'")


def test_a_page_without_its_key_says_so(page, browser):
    heading(page, "Start")
    other = browser.open(page.evaluate("location.origin") + "/")
    wait(other, "document.body?.textContent.includes('no key')")


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (640, True), (390, False)])
def test_nothing_serious_in_any_room(page, browser, width, dark):
    """Wide, at 200 % zoom in the dark, on a phone: axe finds nothing serious, and nothing runs out of the window."""
    script = axe_script()
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    page.send("Emulation.setEmulatedMedia", features=[scheme])
    page.send("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=False)
    click(page, "Studie Gr")
    wait(page, "document.querySelector('#chooser p')?.textContent.endsWith('Studie Grün')")
    seen = {"choosing": serious(page, script)}
    click(page, "Use this folder")
    click(page, "Merge or analyze")
    heading(page, "Merge and analyze")
    click(page, "Agreement and analysis")
    wait(page, "Boolean(document.getElementById('output'))")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; }); 0")
    seen["form"] = serious(page, script)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    click(page, "Check", "#rooms")
    heading(page, "Check")
    click(page, "Check now")
    wait(page, "document.querySelectorAll('main details, main .next').length > 0")
    seen["findings"] = serious(page, script)
    assert seen == {"choosing": [], "form": [], "findings": []}


def test_by_keyboard_alone(page):
    """Tab reaches the folder and Enter opens it; the focus stays in the list, never on the body."""
    heading(page, "Start")
    wait(page, "document.activeElement.id === 'main'")
    for _ in range(12):
        page.key("Tab")
        if "Studie Gr" in page.evaluate("document.activeElement.textContent.slice(0, 40)"):
            break
    page.send("Input.dispatchKeyEvent", type="keyDown", key="Enter", code="Enter", text="\r", windowsVirtualKeyCode=13)
    wait(page, "document.querySelector('#chooser p')?.textContent.endsWith('Studie Grün')")
    assert page.evaluate("document.activeElement.tagName") == "H2"

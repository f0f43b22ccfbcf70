"""Make the pictures of README and docs from the real product: commands on the sample study, pages in headless Chromium.

    python docs/make_pictures.py

Takes a minute or two and writes docs/images/*.png. Look at them before committing.
"""

from __future__ import annotations

import contextlib
import html
import io
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "browser"))

from chromium import Browser, Page, find_chromium

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
STILL = "document.documentElement.style.scrollBehavior = 'auto'"


def shoot(page: Page, name: str) -> None:
    """What the window shows now."""
    page.evaluate("new Promise(r => setTimeout(() => r(1), 300))")
    page.screenshot(IMAGES / f"{name}.png")


def at(page: Page, selector: str, name: str, *, above: int = 20) -> None:
    """The window with an element near its upper edge."""
    page.evaluate(
        f"{STILL}; window.scrollTo(0, document.querySelector({selector!r}).getBoundingClientRect().top"
        f" + window.scrollY - {above})"
    )
    shoot(page, name)


def report(browser: Browser, folder: Path) -> None:
    """The report of the sample study: its top, its parts, a timeline with its video's place, German, dark, a phone."""
    path = folder / "results" / "report.html"
    page = browser.open(path, width=1240, height=1000)
    shoot(page, "report")
    for section in ("agreement", "cooccurrence", "regression"):
        at(page, f"#{section}", f"report-{section}")
    at(page, ".filters", "report-timelines", above=0)
    x, y = page.evaluate(
        "(() => { const bars = Array.from(document.querySelectorAll('.b.category'));"
        " const bar = bars.find(b => { const r = b.getBoundingClientRect(); return r.top > 400 && r.width > 60; });"
        " const r = bar.getBoundingClientRect(); return [r.left + r.width / 2, r.top + r.height / 2]; })()"
    )
    page.move(x, y)
    shoot(page, "report-timelines")
    shoot(browser.open(path, width=1240, height=760, dark=True), "report-dark")
    shoot(browser.open(path, width=390, height=780), "report-phone")
    shoot(browser.open(folder / "results-de" / "report.html", width=1240, height=760), "report-german")


def other_pages(browser: Browser, folder: Path) -> None:
    """The list of disagreements and the coding manual."""
    shoot(browser.open(folder / "merged" / "worklist.html", width=1100, height=620), "worklist")
    shoot(browser.open(folder / "templates" / "manual.html", width=1000, height=900), "manual")


@contextlib.contextmanager
def said() -> Iterator[io.StringIO]:
    """What commands print, both streams."""
    stream = io.StringIO()
    with contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream):
        yield stream


def terminal(browser: Browser, folder: Path, commands: list[list[str]], name: str) -> None:
    """Commands and what they really print, as text on a dark ground."""
    from elancry.cli.main import run

    parts = []
    for command in commands:
        with said() as stream:
            run(command)
        text = stream.getvalue().rstrip()
        parts.append(f"<b>$ elancry {html.escape(' '.join(command))}</b>\n{html.escape(text)}\n")
    page = folder / f"{name}.html"
    page.write_text(
        "<!doctype html><meta charset=utf-8><style>body{margin:0;background:#14171b;color:#d7dce2;padding:22px 26px}"
        "pre{font:14px/1.5 'DejaVu Sans Mono',Consolas,monospace;margin:0;white-space:pre-wrap}b{color:#8ab8f0}</style>"
        f"<pre>{'<br>'.join(parts)}</pre>",
        encoding="utf-8",
    )
    height = browser.open(page, width=1000, height=100).evaluate("document.documentElement.scrollHeight")
    shoot(browser.open(page, width=1000, height=height), name)


def main() -> None:
    """Run the commands of the tutorial in an empty folder and picture what they make."""
    from elancry.cli.main import run

    executable = find_chromium()
    if executable is None:
        sys.exit("no Chromium here: install one to make the pictures")
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.chdir(folder)
        shutil.copytree(ROOT / "sample_eaf", folder / "coded")
        browser = Browser(executable)
        terminal(browser, folder, [[], ["check", "coded"]], "terminal-check")
        run(["template", "crying", "-o", "templates", "--quiet"])
        run(["merge", "coded", "-o", "merged", "--min-ms", "250", "--quiet"])
        terminal(browser, folder, [["analyze", "coded", "-o", "results"]], "terminal-analyze")
        run(["analyze", "coded", "-o", "results-de", "--lang", "de", "--quiet"])
        report(browser, folder)
        other_pages(browser, folder)
        browser.close()
        os.chdir(ROOT)


if __name__ == "__main__":
    main()

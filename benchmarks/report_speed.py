"""How long the report takes to write, and how a page of many annotations answers, in one run on one machine.

    python benchmarks/report_speed.py > table.md

First part: the sample study's report (sample_eaf), its parts next to each other, in processor time. Second part: one
session of about 700, 5,000 and 20,000 annotations in headless Chromium: the time from a step of the reader to the frame
that shows it, with the same page's idle frames beside it.
"""

from __future__ import annotations

import dataclasses
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "browser"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "unit" / "report"))

from chromium import Browser, find_chromium
from sample_results import drawn, sample_results

from elancry.report.content import build_report, strips_of
from elancry.report.docx import render_docx
from elancry.report.figures.style import pdf_bytes, png_bytes, style, svg_bytes
from elancry.report.figures.svg_print import prints
from elancry.report.html import render_html
from elancry.report.timeline import on_paper
from elancry.report.words import Words

STEPS = {
    "nothing": "",
    "filter by rater": "f.rater.value = 'R2'; f.rater.dispatchEvent(new Event('input', {bubbles: true}));",
    "filter by category": (
        "f.category.value = f.category.options[1].value; f.category.dispatchEvent(new Event('input', {bubbles: true}));"
    ),
    "zoom": "f.zoom.value = 9; f.zoom.dispatchEvent(new Event('input', {bubbles: true}));",
    "point at a bar": (
        "document.querySelectorAll('.b')[300].dispatchEvent(new PointerEvent('pointerover', {bubbles: true}));"
    ),
}
FRAME = "await new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)));"


def timed(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def writing() -> None:
    """Seconds of processor time of each part."""
    results, words = sample_results(), Words("en")
    report = build_report(results)
    strips = strips_of(report)
    with style():
        drawings = list(drawn(results).values())
        parts = {
            "contents of the report": lambda: build_report(results),
            "report.html": lambda: render_html(report),
            "tables.docx": lambda: render_docx(report, created="2026-01-01"),
            f"{len(drawings)} figures: drawing": lambda: drawn(results),
            f"{len(drawings)} figures: SVG": lambda: [svg_bytes(one.figure) for one in drawings],
            f"{len(drawings)} figures: PDF": lambda: [pdf_bytes(one.figure) for one in drawings],
            f"{len(drawings)} figures: PNG": lambda: [png_bytes(one.figure) for one in drawings],
            f"{len(strips)} timelines: SVG": lambda: [on_paper(strip, words) for strip in strips],
            f"{len(strips)} timelines: PDF and PNG": lambda: prints([on_paper(strip, words) for strip in strips]),
        }
        print("| part of the report of 46 sequences | seconds |\n|---|---:|")
        for name, work in parts.items():
            print(f"| {name} | {timed(work):.2f} |")


def answering() -> None:
    """Milliseconds from a step to its frame."""
    executable = find_chromium()
    if executable is None:
        sys.exit("no Chromium here")
    browser = Browser(executable)
    print("\n| annotations on one session's page | " + " | ".join(STEPS) + " |\n|---:|" + "---:|" * len(STEPS))
    with tempfile.TemporaryDirectory() as folder:
        for per_sequence in (100, 850, 3400):
            results = sample_results(per_sequence=per_sequence)
            one = dataclasses.replace(results, timelines=results.timelines[:2])
            path = Path(folder) / f"{per_sequence}.html"
            path.write_text(render_html(build_report(one)), encoding="utf-8")
            page = browser.open(path)
            page.evaluate("document.querySelector('.strip').scrollIntoView()")
            bars = page.evaluate("document.querySelectorAll('.b').length")
            took = [
                page.evaluate(
                    "(async () => { const f = document.querySelector('.filters').elements; const t = performance.now();"
                    f" {step} {FRAME} return performance.now() - t; }})()"
                )
                for step in STEPS.values()
            ]
            print(f"| {bars} | " + " | ".join(f"{one:.0f} ms" for one in took) + " |")
    browser.close()


if __name__ == "__main__":
    print(f"Python {platform.python_version()}, {platform.machine()}\n")
    writing()
    answering()

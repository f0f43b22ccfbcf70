"""The reports shown in docs/elan-plugin.md are what the recognizers say of the sample study today.

`python tests/elan/test_plugin_docs.py` writes them anew.
"""

from __future__ import annotations

import re
import tempfile
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from elancry.eaf import read_eaf
from elancry.plugin.entry import run_once
from elancry.plugin.form import SEQUENCES
from elancry.plugin.host import Host

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "elan-plugin.md"
BLOCK = re.compile(r"<!-- output: (compare|check) (\S+) (\S+) (.+?) -->\n```text\n(.*?)```\n", re.DOTALL)


def report(command: str, session: str, tier: str, raters: list[str], folder: Path) -> str:
    """What the recognizer reports on a tier of these raters, inside the first one's sequences."""
    given = {"tiers": str(folder / "new.xml")}
    for number, rater in enumerate(raters, start=1):
        document = read_eaf(ROOT / "sample_eaf" / f"{session}__{rater}.eaf")
        slots = {f"{'rater' if command == 'compare' else 'tier'}{number}": tier, SEQUENCES: "Sequence"}
        for slot, name in slots.items():
            if slot in given:
                continue
            spans = "".join(
                f'<span start="{item.start_ms}" end="{item.end_ms}"><v>{escape(item.value)}</v></span>'
                for item in document.annotations(name)
            )
            path = folder / f"{slot}.xml"
            path.write_text(f'<TIER columns="tier_1">{spans}</TIER>', encoding="utf-8")
            given[slot] = str(path)
    stream = BytesIO()
    params = "".join(f'<param name="{name}">{escape(value)}</param>' for name, value in given.items())
    run_once(command, f"<PARAM>{params}</PARAM>".encode(), Host(stream))
    lines = stream.getvalue().decode().splitlines()
    return "\n".join(line for line in lines if not line.startswith(("PROGRESS:", "RESULT:"))).strip() + "\n"


def made(match: re.Match[str], folder: Path) -> str:
    return report(match[1], match[2], match[3], match[4].split(), folder)


@pytest.mark.parametrize("place", [0, 1])
def test_the_page_shows_what_is_said(place: int, tmp_path: Path):
    found = list(BLOCK.finditer(PAGE.read_text(encoding="utf-8")))
    assert len(found) == 2
    assert made(found[place], tmp_path) == found[place][5], "run: python tests/elan/test_plugin_docs.py"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        text = PAGE.read_text(encoding="utf-8")
        for match in BLOCK.finditer(text):
            block = match[0][: match.start(5) - match.start(0)]
            text = text.replace(match[0], f"{block}{made(match, Path(name))}```\n")
        PAGE.write_text(text, encoding="utf-8")

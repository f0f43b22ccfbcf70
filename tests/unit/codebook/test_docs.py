"""The example in the documentation is a codebook that loads without a finding."""

from __future__ import annotations

import re
from pathlib import Path

from elancry.codebook.model import Coding, Layout
from elancry.codebook.read import CATEGORY_KEYS, SYSTEM_KEYS, TOP_KEYS, read_codebook
from elancry.template.write import template_files
from elancry.yaml_lines import parse_yaml

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "codebook.md").read_text(encoding="utf-8")


def test_the_example_loads_and_makes_a_template() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", TEXT, flags=re.DOTALL)
    book, findings = read_codebook(parse_yaml(example, "docs"), "docs")
    assert findings == ()
    assert book is not None
    assert [(system.coding, system.layout) for system in book.systems] == [
        (Coding.BOTH, Layout.ONE_TIER),
        (Coding.INTERVAL, Layout.TIER_PER_CATEGORY),
    ]
    assert "laughter.etf" in template_files(book)


def test_every_key_is_explained() -> None:
    for key in (*TOP_KEYS, *SYSTEM_KEYS, *CATEGORY_KEYS, "systems", "changes", "was"):
        assert re.search(rf"\b{key}\b", TEXT), key

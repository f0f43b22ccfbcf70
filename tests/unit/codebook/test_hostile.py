"""Whatever stands in a codebook file: findings or a codebook that makes valid files, never a traceback."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from lxml import etree

from elancry.codebook.load import builtin_path, parse_codebook
from elancry.errors import ElancryError, InvalidInput
from elancry.findings import CATALOGUE, Finding
from elancry.template.write import template_files

VALUES: list[Any] = [
    None, "", 0, -1, 10**20, 1.5, True, "x y", "@", "a.b", [], {}, [1], {"a": 1}, [[1]], {"en": None}, {"en": ["q"]},
    {"xx": "y"}, {1: 2}, "none", "#ff0000", "A", "é", "  ", "a\nb", {"en": {"a": 1}}, "x" * 5000, [None], "\x01",
    "\ud7ff\uffff", "reason", "Sequence", "<&>\"'", "العربية", "{session}", "{session}/{session}",
]  # fmt: skip


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    if isinstance(node, dict | list):
        for key in node if isinstance(node, dict) else range(len(node)):
            yield from places(node[key], (*path, key))


def test_random_values_in_random_places(shared: Path) -> None:
    base = yaml.safe_load(builtin_path("attachment-crying").read_text(encoding="utf-8"))
    base["media"] = ["{session}.mp4"]
    base["changes"] = {"from": 1, "systems": {"attachment_crying": {"renamed": {"a": "b"}, "merged": {"c": ["d"]}}}}
    spots = list(places(base))
    chance = random.Random(20240417)
    eaf = etree.XMLSchema(etree.parse(shared / "eaf" / "EAFv3.0.xsd"))
    accepted = refused = 0
    reported: list[Finding] = []
    for _ in range(120):
        book = copy.deepcopy(base)
        for _ in range(chance.randint(1, 3)):
            *above, last = chance.choice(spots)
            node = book
            try:
                for key in above:
                    node = node[key]
                node[last] = chance.choice(VALUES)
            except (KeyError, IndexError, TypeError):
                continue  # an earlier change took the place away
        try:
            codebook = parse_codebook(yaml.safe_dump(book, allow_unicode=True))
        except InvalidInput as error:
            refused += 1
            reported += error.findings
        except ElancryError:
            refused += 1
        else:
            accepted += 1
            for name, content in template_files(codebook).items():
                if name.endswith((".etf", ".ecv")):
                    eaf.assertValid(etree.fromstring(content))
    assert all(item.code in CATALOGUE and item.line and item.message for item in reported)
    assert accepted > 10
    assert refused > 50

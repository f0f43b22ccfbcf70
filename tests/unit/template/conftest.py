"""What the tests of templates share: the official schemas and a codebook with everything in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from elancry.codebook.load import parse_codebook
from elancry.codebook.model import Codebook

Validate = Callable[[bytes], None]

EVERYTHING = """\
elancry_codebook: 1
id: everything
version: 2.1
title: {en: "Everything <& more>", ar: كل شيء}
languages: [en, ar]
sequence_tier: Episode
comment_tiers: [Remarks, "Rater's own notes"]
media: ["{session}_cam*.mp4", "{session}_mic?.wav"]
systems:
  - id: gaze
    labels: {en: Gaze, ar: نظرة}
    participant: Jörg O'Neill
    layout: tier_per_category
    coding: both
    scale: {minimum: -1, maximum: 11, anchors: {-1: {en: less, ar: أقل}, 11: {en: more, ar: أكثر}}}
    categories:
      - {id: at, labels: {en: 'at "you" & <them>', ar: إليك}, colour: '#112233', key: a}
      - {id: away, labels: {en: "it's away", ar: بعيد}, key: '0'}
  - id: voice
    labels: {en: Voice, ar: صوت}
    parent: Episode
    optional: true
    categories:
      - {id: loud, labels: {en: loud, ar: عال}}
  - id: pitch
    labels: {en: Pitch, ar: طبقة}
    parent: voice
    tier: "pitch of voice"
    categories:
      - {id: höher, labels: {en: LONG, ar: أعلى}}
  - id: sequence
    labels: {en: A system named like a type, ar: نظام}
    coding: rating
    scale: {minimum: 0, maximum: 1}
    categories:
      - {id: comment, labels: {en: comment, ar: تعليق}}
""".replace("LONG", "a very long label " * 30)


@pytest.fixture(scope="session")
def everything() -> Codebook:
    """A codebook with every layout, parents, optional and comment tiers, right-to-left text, hostile labels."""
    return parse_codebook(EVERYTHING)


def _validator(path: Path) -> Validate:
    schema = etree.XMLSchema(etree.parse(path))
    return lambda data: schema.assertValid(etree.fromstring(data))


@pytest.fixture(scope="session")
def eaf_schema(shared: Path) -> Validate:
    """Raises where bytes are not valid EAF 3.0 (also the schema of .ecv)."""
    return _validator(shared / "eaf" / "EAFv3.0.xsd")


@pytest.fixture(scope="session")
def ecv_schema(shared: Path) -> Validate:
    """Raises where bytes are not valid against the schema that .ecv files name."""
    return _validator(shared / "eaf" / "EAFv2.8.xsd")


@pytest.fixture(scope="session")
def pfsx_schema(shared: Path) -> Validate:
    """Raises where bytes are no valid preferences."""
    return _validator(shared / "eaf" / "Prefs_v1.1.xsd")

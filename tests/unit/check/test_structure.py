"""Vocabularies beside the codebook's categories: of tiers with one code each, the code that each is for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from elancry.check.places import Place, wanted_tiers
from elancry.check.structure import vocabularies
from elancry.codebook.extract import extract_codebook
from elancry.eaf import Document
from elancry.interop.flat import FlatTier, build_document

SMILE, TALK = (0, 1000, "smile"), (500, 2000, "talk")
OWN = [FlatTier("act.smile", [SMILE], ("smile",)), FlatTier("act.talk", [TALK], ("talk",))]
SHARED = [FlatTier("act", [SMILE, TALK], ("smile", "talk"), concurrent=("smile", "talk"))]


def made(tiers: list[FlatTier]) -> Document:
    return build_document(tiers, name="s.eaf")[0]


def messages(document: Document, codebook_of: Document) -> list[str]:
    wanted = wanted_tiers(extract_codebook([codebook_of]))
    places = [Place(one, document.tier(one.name)) for one in wanted]
    return [found.message for found in vocabularies(document, places)]


@pytest.mark.parametrize("tiers", [OWN, SHARED], ids=["own", "shared"])
@pytest.mark.parametrize("others", [OWN, SHARED], ids=["own", "shared"])
def test_tiers_with_a_code_each_need_no_other_code(tiers: list[FlatTier], others: list[FlatTier]):
    assert messages(made(tiers), made(others)) == []


def test_a_tier_with_a_code_each_needs_its_own():
    document = made(OWN)
    vocabulary = document.vocabulary("act.smile")
    assert vocabulary is not None
    editor = document.edit()
    (entry,) = vocabulary.entries
    editor.vocabularies.replace(replace(vocabulary, entries=(replace(entry, values={"und": "talk"}),)))
    assert messages(editor.document(), document) == ["vocabulary 'act.smile' lacks 'smile'"]


def test_a_vocabulary_that_tiers_share_needs_all_their_codes():
    document = made(SHARED)
    vocabulary = document.vocabulary("act")
    assert vocabulary is not None
    editor = document.edit()
    editor.vocabularies.replace(replace(vocabulary, entries=vocabulary.entries[:1]))
    assert messages(editor.document(), document) == ["vocabulary 'act' lacks 'talk'"]

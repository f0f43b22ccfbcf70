"""Losses of single formats: counted per file, said once in the docs, both from one declaration."""

from __future__ import annotations

import pytest

from elancry.eaf import Document, Vocabulary, VocabularyEntry, new_document
from elancry.interop.boris import tables as boris_tables
from elancry.interop.boris import write as boris_write
from elancry.interop.flat import FlatTier, build_document
from elancry.interop.format import Choices
from elancry.interop.formats import load_format
from elancry.interop.further_losses import Further, further_findings
from elancry.interop.sdis import write as sdis_write
from elancry.interop.webannotation import write as webannotation_write

MODULES = {"boris": boris_write, "boris-events": boris_tables, "sdis": sdis_write, "webannotation": webannotation_write}


def full() -> Document:
    """Moments of 41 and 40 ms, a medium with an offset and one with none, an entry in three languages, an .ecv."""
    editor = build_document([FlatTier("m", [(0, 41, "a"), (100, 140, "b")], points=True)], name="s.eaf")[0].edit()
    editor.media.add("./a.mp4", "video/mp4", None, 500)
    editor.media.add("./b.mp4", "video/mp4", None, 0)
    for language in ("eng", "deu", "fra"):
        editor.languages.add(language, language)
    editor.external_refs.add("er1", "ecv", "file:///home/erika/all.ecv")
    entry = VocabularyEntry("c", {"eng": "a", "deu": "b", "fra": "c"})
    editor.vocabularies.add(Vocabulary("inside", (entry,), {"eng": ""}))
    editor.vocabularies.add(Vocabulary("outside", (), {"eng": ""}, "er1"))
    editor.types.add("one", vocabulary="inside")
    editor.types.add("two", vocabulary="outside")
    editor.tiers.add("x", "one")
    editor.tiers.add("y", "two")
    document = editor.document()
    document.name = "s.eaf"
    return document


def test_every_loss_is_counted():
    document = full()
    messages = [found.message for found in further_findings(document, document.tiers, "It", list(Further))]
    assert messages == [
        "It does not keep ends of point events longer than 40 ms (1 here)",
        "It does not keep media offsets (1 here)",
        "It does not keep values of vocabularies in further languages (2 here)",
        "It does not keep locations of external vocabularies (1 here)",
    ]
    empty = new_document()
    assert [found.message for found in further_findings(empty, empty.tiers, "It", list(Further))] == [
        "It does not keep files without annotations (1 here)"
    ]


@pytest.mark.parametrize("name", MODULES)
def test_the_docs_and_the_findings_say_the_same(name: str):
    form, losses = load_format(name), MODULES[name].LOST
    assert {loss.lost for loss in losses} <= set(form.loses)
    document = full()
    write = form.gather or (lambda documents, choices: form.write(documents["s"], choices))  # type: ignore[misc]
    said = {found.message for found in write({"s": document}, Choices()).findings}
    titles = {"boris": "BORIS", "boris-events": "a table of events", "sdis": "SDIS", "webannotation": "Web Annotation"}
    for found in further_findings(document, document.tiers, titles[name], losses):
        assert found.message in said

"""What stands for names of types, vocabularies and entries, and for ids."""

from __future__ import annotations

import pytest

from elancry.codebook.load import load_codebook
from elancry.pseudonyms.key import REMOVED, Key
from elancry.pseudonyms.names import Names


@pytest.mark.parametrize("text", ["sequence", "Huber", "sequence@consensus", "crying_form@consensus", "Huber@R07"])
def test_what_was_made_under_pseudonyms_stays_when_it_is_read_again(text):
    """So that `merge --resume` on such a file writes the same bytes each time."""
    key, codebook = Key("secret", {"rater": {"Zweifel": "R07"}}), load_codebook("crying")
    first, again = Names(key, codebook), Names(key.done(), codebook, again=True)
    once = again.thing(first.thing(text))
    assert "Huber" not in once
    assert again.thing(once) == once
    assert again.entry(again.entry(text, is_code=False), is_code=False) == again.entry(text, is_code=False)
    assert again.identity(first.identity("Huber 1")) == first.identity("Huber 1")


def test_names_that_merging_makes_from_others_keep_their_form():
    key = Key("secret", {"rater": {"Zweifel": "R07"}})
    again = Names(key.done(), load_codebook("crying"), again=True)
    assert again.thing("crying_form@consensus") == "crying_form@consensus"
    assert again.thing("Huber@R07") == f"{again.thing('Huber')}@R07"
    assert "Huber" not in again.thing("Huber@Huber")


def test_recordings_keep_their_pseudonyms():
    key = Key("secret", {"medium": {"Huber.MP4": "M07"}})
    again = Names(key.done(), load_codebook("crying"), again=True)
    assert Names(key, load_codebook("crying")).medium("Huber.MP4") == again.medium("M07.mp4") == "M07.mp4"
    assert again.medium("Huber.MP4") == "M07.mp4"
    assert again.medium("Zweifel.mp4").startswith(REMOVED)

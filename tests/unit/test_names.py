"""Names that are asked for: what is offered for a slip, what never, and what a refusal says."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from elancry.errors import UsageError
from elancry.names import nearest, require, unknown

CATEGORIES = [
    line
    for line in Path(__file__).with_name("category_names.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def slip(name: str, chance: random.Random) -> str:
    """`name` with one letter left out, put in, exchanged, or swapped with the next."""
    kind, place = chance.randrange(4), chance.randrange(len(name) - 1)
    if kind == 3:
        return name[:place] + name[place + 1] + name[place] + name[place + 2 :]
    made = "" if kind == 0 else chance.choice(LETTERS)
    return name[:place] + made + name[place + (kind != 1) :]


def test_a_name_that_exists_is_hardly_ever_taken_for_a_slip_of_another():
    """Each of 206 names, looked for among the others, is a name that was meant: what is offered for it is wrong."""
    assert len(set(CATEGORIES)) == len(CATEGORIES) >= 200
    wrong = {name: nearest(name, [other for other in CATEGORIES if other != name]) for name in CATEGORIES}
    assert sum(close is not None for close in wrong.values()) <= 0.05 * len(CATEGORIES), wrong


def test_a_slip_is_recognised():
    """Ten slips of each name; one that makes another name of the list is none."""
    chance = random.Random(1)
    slips = [(slip(name, chance), name) for name in CATEGORIES if len(name) > 3 for _ in range(10)]
    slips = [(typed, name) for typed, name in slips if typed not in CATEGORIES]
    found = [nearest(typed, CATEGORIES) == name for typed, name in slips]
    assert sum(found) >= 0.99 * len(found)


OPPOSITES = (
    "nomovement movement, uninhibited inhibited, inattentive attentive, non-verbal verbal, AU1 AU2, AU12 AU2, "
    "session_1 session_11, on off, R1 R2"
)


@pytest.mark.parametrize(("given", "known"), [tuple(pair.split()) for pair in OPPOSITES.split(", ")])
def test_opposites_and_other_numbers_are_never_offered(given, known):
    assert nearest(given, [known]) is None
    assert nearest(known, [given]) is None


@pytest.mark.parametrize(
    ("given", "close"),
    [("dispair?", "despair"), ("Protests", "protest"), ("session_1", "session_01"), ("PROTEST", "protest"),
     ("portest", "protest"), ("Weinen", None)],
)  # fmt: skip
def test_slips(given, close):
    assert nearest(given.rstrip("?"), ["despair", "protest", "session_01", "healing crying"]) == close


def test_a_name_that_is_not_there_is_refused_with_the_nearest_and_the_list():
    require("tier", ["form"], ["form", "rating"])
    with pytest.raises(UsageError) as refusal:
        require("tier", ["form", "ratign"], ["form", "rating"])
    assert str(refusal.value) == "no tier is called 'ratign'\n  Did you mean 'rating'? Available: form, rating."
    said, hint = unknown("tier", "x", [])
    assert (said.into("de"), hint.into("de")) == ("keine Spur heißt „x“", "Vorhanden: keine.")
    assert unknown("tier", "x", [f"t{n}" for n in range(30)])[1].into("en").endswith("t19 and 10 more.")

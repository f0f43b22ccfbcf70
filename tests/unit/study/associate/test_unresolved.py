"""What a consensus leaves open is told as an amount."""

from __future__ import annotations

import numpy as np

from elancry.align.ratings import RatingMatrix
from elancry.align.timeline import MISSING, NONE, Timeline
from elancry.codebook.model import Category, Codebook, Coding, Scale, System
from elancry.spans import Span
from elancry.study.associate.unresolved_rows import unresolved_rows
from elancry.study.compared import Compared
from elancry.table.schema import UNRESOLVED

SYSTEM = System(
    "form",
    {"en": "form"},
    (Category("cry", {"en": "cry"}), Category("sob", {"en": "sob"})),
    coding=Coding.BOTH,
    scale=Scale(0, 4),
)
BOOK = Codebook("t", "T", (SYSTEM,))


def line(sequence: str, cuts: list[int], codes: list[list[int]], raters: tuple[str, ...]) -> Timeline:
    return Timeline(
        "s1",
        sequence,
        "form",
        "form",
        raters,
        ("cry", "sob"),
        np.array(cuts[:-1]),
        np.array(cuts[1:]),
        np.array(codes, dtype=np.int16),
    )


def compared(timelines: list[Timeline], ratings: list[RatingMatrix], raters: tuple[str, ...]) -> Compared:
    return Compared(BOOK, raters, tuple(timelines), tuple(ratings), ())


def rating(category: str, values: list[list[float]], raters: tuple[str, ...]) -> RatingMatrix:
    return RatingMatrix("form", category, "", ("s1", "s1"), ("1", "2"), raters, np.array(values))


def test_unresolved_time_and_ratings_by_hand() -> None:
    """Sequence 1 is 10 s as the raters have it; the consensus window ends at 9.

    R1         0--4 cry      4--6 none    6--8 sob   8--10 not coded
    R2         0--3 cry  3--6 none        6--8 cry   8--10 not coded
    consensus  0--3 cry  3-4 open  4--6 none  6--8 open  8--9 not coded
    """
    both = ("R1", "R2")
    nan = float("nan")
    raters = compared(
        [
            line("1", [0, 3000, 4000, 6000, 8000, 10_000],
                 [[0, 0], [0, NONE], [NONE, NONE], [1, 0], [MISSING, MISSING]], both),
            line("2", [0, 5000], [[0, 0]], both),
        ],
        [rating("cry", [[1, 3], [2, 2]], both), rating("sob", [[nan, nan], [0, nan]], both)],
        both,
    )  # fmt: skip
    one = ("consensus",)
    consensus = compared(
        [
            line("1", [0, 3000, 4000, 6000, 9000], [[0], [MISSING], [NONE], [MISSING]], one),
            line("2", [0, 5000], [[0]], one),
        ],
        [rating("cry", [[nan], [2]], one), rating("sob", [[nan], [0]], one)],
        one,
    )
    # The meeting left 3500-5000 undecided: 500 ms of that are open.
    undecided = {("s1", "form", "form"): [Span(3500, 5000)]}
    time, ratings = UNRESOLVED.frame(unresolved_rows(raters, consensus, undecided)).to_dict("records")
    assert time["undecided_ms"] == 500
    assert (time["coding"], time["n_sequences"], time["n_sequences_open"]) == ("interval", 2, 1)
    assert (time["coded_ms"], time["unresolved_ms"], time["share"]) == (13_000, 3000, 3000 / 13_000)
    assert (ratings["coding"], ratings["n_sequences"], ratings["n_sequences_open"]) == ("rating", 2, 1)
    assert (ratings["n_ratings"], ratings["n_ratings_unresolved"], ratings["share"]) == (3, 1, 1 / 3)


def test_a_full_consensus_leaves_nothing_open_and_nothing_coded_has_no_row() -> None:
    one = ("R1",)
    raters = compared([line("1", [0, 1000], [[0]], one)], [], one)
    consensus = compared([line("1", [0, 1000], [[0]], ("consensus",))], [], ("consensus",))
    (row,) = unresolved_rows(raters, consensus)
    assert (row["coded_ms"], row["unresolved_ms"]) == (1000, 0)
    nobody = compared([line("1", [0, 1000], [[MISSING]], one)], [], one)
    open_too = compared([line("1", [0, 1000], [[MISSING]], ("consensus",))], [], ("consensus",))
    assert list(unresolved_rows(nobody, open_too)) == []

"""What stands behind the raters' codes on a disagreement: `R1=p | R2=d | undecided`.

Conventions
-----------
- ` | consensus=-`: the consensus is "none of the categories". Merging writes it where that is the majority's answer,
  people where they decide so for a part only.
- ` | undecided`: people discussed it and left it open. It is the same in every language.
- ` | new`: it came after people had edited the consensus. It says nothing about a decision.
- Of the first two, the last one counts. Blanks at the end are none of a mark.
"""

from __future__ import annotations

from elancry.check.coding import CONSENSUS

SEPARATOR = " | "
"""Stands between the raters' codes; no code holds it there (see `merge.consensus`)."""
SETTLED_AS_NONE = f"{CONSENSUS}=-"
UNDECIDED = "undecided"
NEW = "new"
_MARKS = (SETTLED_AS_NONE, UNDECIDED, NEW)


def marks_of(value: str) -> tuple[str, tuple[str, ...]]:
    """The codes of a disagreement, and the marks behind them in their order.

    Only what the codes end with is a mark: a rater called `x-consensus` is no consensus.
    """
    codes, marks = value.rstrip(), []
    while (
        mark := next((mark for mark in _MARKS if codes == mark or codes.endswith(SEPARATOR + mark)), None)
    ) is not None:
        marks.append(mark)
        codes = codes.removesuffix(mark).removesuffix(SEPARATOR).rstrip()
    return (codes, tuple(reversed(marks))) if marks else (value, ())


def with_mark(value: str, mark: str | None) -> str:
    """The codes of a disagreement with one mark behind them, none with `None`."""
    codes = marks_of(value)[0]
    return codes if mark is None else f"{codes}{SEPARATOR}{mark}"


def is_new(value: str) -> bool:
    """Whether a disagreement is marked as one that people have not looked at."""
    return NEW in marks_of(value)[1]


def decision(value: str) -> str | None:
    """`SETTLED_AS_NONE` or `UNDECIDED`, as the text of a disagreement says; `None` where it says neither."""
    return next((mark for mark in reversed(marks_of(value)[1]) if mark != NEW), None)


def settled_as_none(value: str) -> bool:
    """Whether a disagreement's text says that the consensus there is none of the categories."""
    return decision(value) == SETTLED_AS_NONE

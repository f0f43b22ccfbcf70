"""The designs that are asked for, all combinations of them; refused where they are too many."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from elancry.errors import UsageError
from elancry.power.model import MOST_DESIGNS, MOST_STUDIES, Design
from elancry.texts import text

FEWEST_STUDIES = 20


def designs_of(
    sessions: Sequence[int],
    sequences_per_session: Sequence[float],
    raters: Sequence[int],
    double_coded: Sequence[float],
    studies: int,
    aim: float,
) -> list[Design]:
    """Every combination, the cheapest first.

    Raises UsageError for one that cannot be, or for too many studies in all.
    """
    if studies < FEWEST_STUDIES:
        raise UsageError(text("power.too-few-studies", given=studies, fewest=FEWEST_STUDIES))
    if not 0 < aim < 1:
        raise UsageError(text("power.aim-outside", given=f"{aim:g}"))
    number = len(sessions) * len(sequences_per_session) * len(raters) * len(double_coded)
    if number > MOST_DESIGNS or number * studies > MOST_STUDIES:
        raise UsageError(
            text(
                "power.too-much", designs=number, studies=number * studies, most=MOST_DESIGNS, most_studies=MOST_STUDIES
            )
        )
    found = [Design(*design) for design in product(sessions, sequences_per_session, raters, double_coded)]
    return sorted(found, key=lambda design: (design.sequences_per_session, design.codings, design))

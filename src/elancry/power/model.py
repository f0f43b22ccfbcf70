"""What a planned study is like: what its scores vary by, and how large it is.

Conventions
    A score has variance 1 of what is true. A share `within` of it lies between sessions, the rest between the sequences
    of a session. One rater's number is the true score + rater + residual; `icc` is ICC(2,1) = 1 / (1 + error) with
    error = rater + residual, of which `rater_share` is the raters'. Outcome and predictor are two such scores, whose
    true parts correlate by `slope` within and between sessions; their raters and residuals are independent.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from elancry.errors import UsageError
from elancry.texts import text

MOST_SEQUENCES = 2_000
"""Of one design: CR2 takes memory and time of its square."""
MOST_RATERS = 20
MOST_DESIGNS = 200
MOST_STUDIES = 100_000


@dataclass(frozen=True)
class Assumptions:
    """What is assumed of the scores; see the module. Raises UsageError for what no study can have."""

    icc: float
    rater_share: float = 0.1
    within: float = 0.3
    slope: float = 0.3

    def __post_init__(self) -> None:
        if not 0 < self.icc <= 1:
            raise UsageError(text("power.icc-outside", given=f"{self.icc:g}"))
        for name, value in (("rater-share", self.rater_share), ("session-share", self.within)):
            if not 0 <= value <= 1:
                raise UsageError(text("power.share-outside", option=f"--{name}", given=f"{value:g}"))
        if not -1 < self.slope < 1:
            raise UsageError(text("power.slope-outside", given=f"{self.slope:g}"))

    @property
    def rater_variance(self) -> float:
        """Of the raters' means, as a multiple of the true variance."""
        return self.rater_share * (1 / self.icc - 1)

    @property
    def residual_variance(self) -> float:
        """Of what is left, as a multiple of the true variance."""
        return (1 - self.rater_share) * (1 / self.icc - 1)


@dataclass(frozen=True, order=True)
class Design:
    """How large a study is. Raises UsageError for what no study can have, or what would take too long.

    `double_coded` is the share of sessions that all raters code; the other sessions are coded by one rater in turn.
    """

    sessions: int
    sequences_per_session: float
    raters: int
    double_coded: float

    def __post_init__(self) -> None:
        if self.sessions < 2:
            raise UsageError(text("power.too-few-sessions", given=self.sessions))
        if not 1 <= self.sequences_per_session < math.inf:
            raise UsageError(text("power.sequences-outside", given=f"{self.sequences_per_session:g}"))
        if self.sessions * self.sequences_per_session > MOST_SEQUENCES:
            raise UsageError(
                text(
                    "power.too-many-sequences", n=round(self.sessions * self.sequences_per_session), most=MOST_SEQUENCES
                )
            )
        if not 2 <= self.raters <= MOST_RATERS:
            raise UsageError(text("power.raters-outside", given=self.raters, most=MOST_RATERS))
        if not 0 < self.double_coded <= 1:
            raise UsageError(text("power.double-coded-outside", given=f"{self.double_coded:g}"))

    @property
    def sizes(self) -> tuple[int, ...]:
        """Sequences of each session: as equal as whole numbers allow."""
        total = round(self.sessions * self.sequences_per_session)
        each, more = divmod(total, self.sessions)
        return (each + 1,) * more + (each,) * (self.sessions - more)

    @property
    def n_double(self) -> int:
        """Sessions that all raters code."""
        return min(self.sessions, max(1, round(self.double_coded * self.sessions)))

    @property
    def codings(self) -> int:
        """Sessions coded, each as often as it is: what a design costs."""
        return self.sessions + self.n_double * (self.raters - 1)

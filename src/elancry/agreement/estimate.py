"""A number or the reason why there is none; an interval or the reason why there is none."""

from __future__ import annotations

import math
from dataclasses import dataclass

from elancry.texts import Text

CONFIDENCE = 0.95
"""Of every interval."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """Exactly one of `value` and `reason` (a sentence) is there; raises ValueError otherwise."""

    value: float | None
    reason: Text | None = None

    def __post_init__(self) -> None:
        if (self.value is None) == (self.reason is None):
            raise ValueError("an estimate is a value or a reason, not both and not neither")
        if self.value is not None and not math.isfinite(self.value):
            raise ValueError(f"{self.value} is no estimate: an undefined number has a reason instead")

    @classmethod
    def of(cls, value: float, reason: Text) -> Estimate:
        """`value` where it is finite, else undefined because of `reason`."""
        return cls(float(value)) if math.isfinite(value) else cls(None, reason)

    @classmethod
    def undefined(cls, reason: Text) -> Estimate:
        """No value, because of `reason`."""
        return cls(None, reason)


@dataclass(frozen=True, slots=True)
class Interval:
    """Limits of a 95 % interval, how they were made, and the one-sided 95 % lower limit that level words need.

    `low` and `high` are both there or both absent; where they are absent `reason` says why.
    """

    low: float | None
    high: float | None
    method: Text | None
    reason: Text | None = None
    one_sided_low: float | None = None

    def __post_init__(self) -> None:
        if (self.low is None) != (self.high is None) or (self.low is None) == (self.reason is None):
            raise ValueError("an interval has both limits, or none and a reason")

    @classmethod
    def none(cls, reason: Text, method: Text | None = None) -> Interval:
        """No limits, because of `reason`.

        `method` says what was tried.
        """
        return cls(None, None, method, reason)

"""Why is something that a rater coded not in a number? A closed list.

Of several reasons the first of the list counts.
"""

from __future__ import annotations

from enum import StrEnum

from elancry.texts import Text


class Why(StrEnum):
    """Why an annotation, or some of its time, was left out of a kind of number."""

    FILE_UNREADABLE = "file_unreadable"
    RATER_NOT_ASKED = "rater_not_asked"
    OTHER_ROUND = "other_round"
    TIER_NOT_ASKED = "tier_not_asked"
    TIME_DAMAGED = "time_damaged"
    """Unreadable, reversed, or begin and end the same: no length to compare. Moments of other programs have one."""
    VALUE_EMPTY = "value_empty"
    VALUE_UNKNOWN = "value_unknown"
    OVERLAPS_ITSELF = "overlaps_itself"
    OUTSIDE_SEQUENCE = "outside_sequence"
    SEQUENCE_UNMATCHED = "sequence_unmatched"
    ONE_RATER = "one_rater"
    PARTNER_UNREADABLE = "partner_unreadable"
    UNRESOLVED = "unresolved"

    @property
    def shown(self) -> Text:
        """The reason as people read it."""
        return Text(f"left_out.{self.value}")

    @property
    def meaning(self) -> Text:
        """What it means for the numbers, and what can be done."""
        return Text(f"left_out.{self.value}.meaning")


ENTERED = "entered"
"""What stands in place of a reason where something was used."""

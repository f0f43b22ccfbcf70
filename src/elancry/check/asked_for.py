"""Are the raters, tiers and rounds that were asked for by name in the files? What is not there is refused.

Only what files say is asked here; systems, categories and columns are those of the codebook and of tables
(`study.plan_checks`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from elancry.check.coding import natural_key
from elancry.check.file_names import fit_of_files
from elancry.check.naming import FilePattern, TierPattern
from elancry.check.reading import ReadFile
from elancry.choices import DEFAULT_PATTERN
from elancry.errors import UsageError
from elancry.names import LISTED, require
from elancry.texts import some, text


@dataclass(frozen=True)
class AskedFor:
    """What was asked for; `sequence_tier` only where a codebook was given, which need not be of these files."""

    raters: Sequence[str] | None = None
    round: str | None = None
    sequence_tier: str | None = None
    pattern: str = DEFAULT_PATTERN
    tier_pattern: str | None = None

    def refuse_absent(self, read: Sequence[ReadFile], assigned: Mapping[str, Sequence[str]] | None = None) -> None:
        """Raise UsageError for the first that is in no file; who is `assigned` a session may have coded nothing yet."""
        self._refuse_patterns(read)
        if self.raters is not None:
            expected = {name for raters in (assigned or {}).values() for name in raters}
            require("rater", self.raters, sorted({*_raters(read), *expected}, key=natural_key))
        if self.round is not None:
            rounds = {item.named.round for item in read if item.named.round is not None}
            require("round", [self.round], sorted(rounds, key=natural_key))
        if self.sequence_tier is not None:
            require("sequence-tier", [self.sequence_tier], tier_names(read))

    def _refuse_patterns(self, read: Sequence[ReadFile]) -> None:
        names = [item.name for item in read]
        asks_rater = self.pattern != DEFAULT_PATTERN and FilePattern(self.pattern).names_rater
        if asks_rater and all(item.named.rater is None for item in read):
            fit = fit_of_files(read)
            raise UsageError(
                text("check.pattern-fits-none", pattern=self.pattern, name=names[0], n=len(names)),
                hint=None if fit is None else text("finding.give-pattern", pattern=fit.pattern),
            )
        tiers = tier_names(read)
        if self.tier_pattern is not None and tiers and not any(map(TierPattern(self.tier_pattern).match, tiers)):
            raise UsageError(
                text("check.tier-pattern-fits-none", pattern=self.tier_pattern),
                hint=text("name.there-are", names=some(tiers, LISTED)),
            )


def tier_names(read: Sequence[ReadFile]) -> list[str]:
    """Every tier of the files, by its name with and without the rater's part, in natural order."""
    return sorted({name for item in read for name in item.tier_names}, key=natural_key)


def _raters(read: Sequence[ReadFile]) -> Iterator[str]:
    for item in read:
        if item.coded is not None:
            yield from item.coded.raters
        elif item.named.rater is not None:
            yield item.named.rater

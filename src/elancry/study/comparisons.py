"""What agreement is compared by, and the table of differences that comes out of it.

`compare: round` takes the coding of every training round, `compare: codebook_version` the sessions by the version of
the codebook that their files name, `compare: COLUMN` the sessions by a column of the sessions table. Another folder
(`versus`) is a study of its own; a guest is one more rater beside those who are compared among themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from elancry.check.coding import natural_key
from elancry.choices import Level
from elancry.errors import UsageError
from elancry.findings import Finding, finding
from elancry.study.agree.compare import guest_compared, studies_compared
from elancry.study.agree.families import Questions
from elancry.study.agree.row import Row
from elancry.study.compared import Compared
from elancry.study.nesting import Cluster
from elancry.study.numbers import Tables
from elancry.study.sessions import CODEBOOK_VERSION, ROUND, Nesting, nesting_of
from elancry.table.schema import AGREEMENT_DIFFERENCES
from elancry.texts import some, text

if TYPE_CHECKING:
    from elancry.align.ratings import RatingMatrix
    from elancry.align.timeline import Timeline
    from elancry.check.coding import CheckedCoding, CodedFile
    from elancry.study.plan import Plan

MOST_GROUPS = 8
"""A column with more different values than this is no grouping: every two groups would be compared."""
VERSUS = "versus"
GIVEN = "given"


@dataclass(frozen=True)
class Comparisons:
    """The comparisons that the plan asks for, of a study without its guest and of the study `versus` it.

    Raises UsageError where there is nothing to compare: no rounds, one group, too many of them, no tier in common.
    """

    coding: CheckedCoding
    compared: Compared
    plan: Plan
    nesting: Nesting
    versus: CheckedCoding | None = None

    @property
    def asked(self) -> bool:
        """Whether anything is compared."""
        return (self.plan.compare, self.plan.guest, self.versus) != (None, None, None)

    @cached_property
    def groups(self) -> Mapping[str, Sequence[str]]:
        """Group -> its sessions, in natural order; empty where sessions are not what is compared."""
        by = self.plan.compare
        if by in (None, ROUND):
            return {}
        found: dict[str, list[str]] = {}
        for session in self.coding.sessions:
            for name in self._group_of(session):
                found.setdefault(name, []).append(session)
        if len(found) < 2:
            only = (
                text("compare.one-group", by=by, group=next(iter(found))) if found else text("compare.no-group", by=by)
            )
            raise UsageError(only, hint=text(f"compare.no-group-hint-{'files' if by == CODEBOOK_VERSION else 'table'}"))
        if len(found) > MOST_GROUPS:
            raise UsageError(
                text("compare.many-groups", by=by, n=len(found), most=MOST_GROUPS, names=some(sorted(found), 5)),
                hint=text("compare.many-groups-hint"),
            )
        return {name: found[name] for name in sorted(found, key=natural_key)}

    def _group_of(self, session: str) -> Iterator[str]:
        """The one group of a session; nothing where there is none, or several."""
        if self.plan.compare == CODEBOOK_VERSION:
            stated = {file.codebook for file in self.coding.files_of(session)}
            if len(stated) == 1 and "" not in stated:
                yield from stated
        elif self.nesting.table is not None and self.nesting.table.groups.get(session):
            yield self.nesting.table.groups[session]

    @cached_property
    def rounds(self) -> Sequence[str]:
        """The rounds that are compared, in natural order; empty where they are not."""
        if self.plan.compare != ROUND:
            return ()
        found = sorted({file.round for file in self.coding.every_round if file.round}, key=natural_key)
        if len(found) < 2:
            raise UsageError(text("compare.no-rounds"), hint=text("compare.no-rounds-hint"))
        return found

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Sessions that belong to no group; before the long computing it is asked what there is to compare."""
        if self.rounds:
            return ()
        placed = {name for sessions in self.groups.values() for name in sessions}
        outside = [name for name in self.coding.sessions if name not in placed] if self.groups else []
        if not outside:
            return ()
        message = text("finding.compare-left-out.message", by=self.plan.compare, n=len(outside), names=some(outside, 5))
        return (finding("compare-left-out", message, hint=text("finding.compare-left-out.hint")),)

    def tables(self) -> Tables:
        """The table of differences, where something is compared."""
        if not self.asked:
            return Tables({})
        rows = [*self._by_group(), *self._by_round(), *self._by_guest(), *self._by_folder()]
        return Tables({AGREEMENT_DIFFERENCES.name: AGREEMENT_DIFFERENCES.frame(rows)})

    def _questions(self, compared: Compared, cluster: Cluster) -> list[Questions]:
        """Everybody together; with a gold rater, of the gold rater with each of the others."""
        whole = Questions(compared, self.plan, cluster=cluster)
        return [whole] if self.plan.against is None else whole.of_gold(self.plan.against)

    def _by_group(self) -> Iterator[Row]:
        if not self.groups:
            return iter(())
        whole = self.compared.with_possible_categories()
        studies = [
            (name, self._questions(whole.among(frozenset(sessions)), self.nesting.cluster))
            for name, sessions in self.groups.items()
        ]
        return studies_compared(studies, str(self.plan.compare))

    def _by_round(self) -> Iterator[Row]:
        if not self.rounds:
            return iter(())
        cluster = self.nesting.cluster
        studies = [(name, self._questions(self._lined_up(self._round(name)), cluster)) for name in self.rounds]
        return studies_compared(studies, ROUND)

    def _round(self, name: str) -> CheckedCoding:
        """The files of a round; of the gold rater, who codes once, the last where there is none of it."""
        files: dict[tuple[str, str], CodedFile] = {}
        of_gold = [file for file in self.coding.files if file.rater and file.rater == self.plan.against]
        for file in self.coding.every_round:
            if file.round == name:
                files[file.session, file.rater] = file
        for file in of_gold:
            files.setdefault((file.session, file.rater), file)
        return replace(self.coding, files=tuple(files.values()), every_round=())

    def _by_guest(self) -> Iterator[Row]:
        if self.plan.guest is None:
            return iter(())
        everybody = self._lined_up(self.coding.with_guest())
        return guest_compared(Questions.of(everybody, self.plan, self.nesting.cluster), self.plan.guest)

    def _by_folder(self) -> Iterator[Row]:
        if self.versus is None:
            return
        other = self._lined_up(self.versus)
        tiers = [
            list(dict.fromkeys([*map(_tier, one.timelines), *map(_tier, one.ratings)]))
            for one in (self.compared, other)
        ]
        if not set(tiers[0]) & set(tiers[1]):
            names = [some([tier for _, tier in own], 5) for own in tiers]
            raise UsageError(
                text("compare.no-common-tier", given=names[0], versus=names[1]),
                hint=text("compare.no-common-tier-hint"),
            )
        # Both sides resample the same level.
        level = replace(self.plan, cluster=Level(self.nesting.cluster.column))
        nesting = nesting_of(level, self.versus.sessions, sorted({item.session for item in other.timelines}))
        yield from studies_compared(
            [
                (GIVEN, self._questions(self.compared.with_possible_categories(), self.nesting.cluster)),
                (VERSUS, self._questions(other.with_possible_categories(), nesting.cluster)),
            ],
            VERSUS,
        )

    def _lined_up(self, coding: CheckedCoding) -> Compared:
        from elancry.align.sequences import match_sequences

        sequences, found = match_sequences(coding, window=self.plan.window)
        coding.with_findings(found).require_usable()
        return Compared.of(coding, sequences)


def _tier(item: Timeline | RatingMatrix) -> tuple[str, str]:
    return item.system, item.tier

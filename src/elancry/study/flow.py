"""The flow of the coding through a study: what entered the numbers, what was left out, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from elancry.agreement.undefined import Reason
from elancry.align.events_of import SequenceEvents
from elancry.align.flow import ACCOUNTS, Compare, Part, Scored, SessionFlow, layers, put_aside
from elancry.align.given_units import Labelled
from elancry.align.sequences import MatchedSequence
from elancry.align.timeline import Timeline
from elancry.check.coding import CONSENSUS
from elancry.check.left_out import Why
from elancry.study.agree.label import LabelledTier, labelled_tiers
from elancry.study.plan_checks import MEAN
from elancry.table.schema import FLOW

if TYPE_CHECKING:
    import pandas as pd

    from elancry.check.coding import CheckedCoding
    from elancry.study.compared import Compared
    from elancry.study.plan import Plan

Row = dict[str, Any]
T = TypeVar("T", MatchedSequence, Timeline, SequenceEvents)

_WHERE_LEFT_OUT = {
    Reason.ONE_CATEGORY: Reason.ONE_CATEGORY_READ,
    Reason.NOTHING_CODED: Reason.NOTHING_READ,
    Reason.NO_EVENTS: Reason.NOTHING_READ,
    Reason.NO_BOUNDARIES: Reason.NOTHING_READ,
}
"""A reason that is true only where everything was compared -> the one that is true where something was left out."""


@dataclass(frozen=True)
class StudyFlow:
    """The accounts of every session. `coded` is what is analysed, `None` where only agreement is asked for."""

    coding: CheckedCoding
    sequences: Sequence[MatchedSequence]
    compared: Compared
    plan: Plan
    coded: Compared | None = None

    @cached_property
    def sessions(self) -> Mapping[str, SessionFlow]:
        """Session -> its accounts."""
        compared, plan = self.compared, self.plan
        sequences, timelines = _by_session(self.sequences), _by_session(compared.timelines)
        events = _by_session(compared.events)
        scored: dict[str, Scored] = {}
        if self.coded is not None and plan.aggregate != MEAN:
            ours, lines = plan.aggregate == CONSENSUS, _by_session(self.coded.timelines)
            scored = {
                name: Scored(plan.aggregate, lines.get(name, ()), self.coded.ratings, consensus=ours)
                for name in self.coding.sessions
            }
        labelled: dict[str, dict[tuple[str, str], Labelled]] = {}
        for tier in self.labelled:
            for one in tier.sessions:
                labelled.setdefault(one.session, {})[tier.base["system"], tier.base["tier"]] = one
        return {
            session: SessionFlow(
                self.coding,
                session,
                sequences.get(session, ()),
                compared.raters,
                timelines.get(session, ()),
                compared.ratings,
                events.get(session, ()),
                compared.linked,
                plan.linkings[0],
                labelled.get(session, {}),
                self.given,
                scored.get(session),
                self.coded is not None,
            )
            for session in self.coding.sessions
        }

    @cached_property
    def labelled(self) -> tuple[LabelledTier, ...]:
        """The units of every tier, and whether they count as given."""
        return tuple(labelled_tiers(self.compared, self.plan.units_for_all))

    @cached_property
    def given(self) -> frozenset[tuple[str, str]]:
        """(system, tier) whose units were given beforehand."""
        return frozenset((tier.base["system"], tier.base["tier"]) for tier in self.labelled if tier.given)

    def table(self) -> pd.DataFrame:
        """The table `flow`.

        Raises ElancryError where the accounts do not add up to what the files hold: then there is no number at all.
        """
        parts = [part for flow in self.sessions.values() for part in flow.parts()]
        named = layers(self.coding.codebook).items()
        given = [
            (system, category)
            for (system, kind, category), layer in named
            if kind == "interval" and (system, layer) in self.given
        ]
        return FLOW.frame(rows_of([*parts, *put_aside(self.coding.aside, given)], self.coding))

    def beside(self, row: Row) -> Row:
        """What stands beside a row of agreement: what its raters coded and could not be compared, and a true reason."""
        team = tuple(str(row["raters"]).split("|"))
        kind = _compared_as(row)
        sessions = [row["session"]] if row.get("session") else list(self.sessions)
        criterion = row.get("criterion")
        linking = next(
            (one for one in self.plan.linkings if criterion is not None and one.criterion == criterion), None
        )
        lost = [self.sessions[name].lost(kind, row["system"], row["tier"], team, linking) for name in sessions]
        cells: Row = {"n_left_out": sum(n for n, _ in lost), "ms_left_out": sum(ms for _, ms in lost)}
        reason = row.get("undefined_reason")
        if cells["n_left_out"] and reason in _WHERE_LEFT_OUT:
            cells["undefined_reason"] = _WHERE_LEFT_OUT[reason]
        return cells

    def with_true_reason(self, row: Row) -> Row:
        """A row of training: where something was left out, its reason does not speak of everything."""
        if row.get("undefined_reason") not in _WHERE_LEFT_OUT:
            return row
        interval = row["measure"].startswith(("time", "event", "label"))
        own = {row["rater"], *row["against"].split("|")}
        team = "|".join(name for name in self.compared.raters if name in own)
        found = self.beside(row | {"raters": team, "coding": "interval" if interval else "rating"})
        return row | {"undefined_reason": found.get("undefined_reason", row["undefined_reason"])}

    def of_scores(self, session: str, sequence: str) -> tuple[int, int]:
        """(annotations, ms) in one sequence that are not in its scores."""
        flow = self.sessions[session]
        return flow.lost_to_scores(next(item for item in flow.sequences if item.sequence == sequence))


def _by_session(items: Sequence[T]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {}
    for item in items:
        found.setdefault(item.session, []).append(item)
    return found


def _compared_as(row: Row) -> Compare:
    """The kind of number that a row of agreement is."""
    if row["coding"] == "rating":
        return "rating"
    if row.get("variant") in ("share", "count") or row["measure"].startswith("presence"):
        return "whole_score"
    if row["measure"].startswith("label"):
        return "label"
    return "time" if row["measure"].startswith(("time", "unitizing")) else "event"


def rows_of(parts: Sequence[Part], coding: CheckedCoding) -> Iterator[Row]:
    """Rows of FLOW: each account that is not empty, by session and file; then the files that cannot be read."""
    order = {name: at for at, name in enumerate(coding.sessions)}
    for part in sorted(parts, key=lambda part: (order.get(part.session, len(order)), part.session, part.file)):
        for account, n, ms in zip(ACCOUNTS, part.n.tolist(), part.ms.tolist(), strict=True):
            if n or ms:
                yield {
                    "session": part.session,
                    "file": part.file,
                    "rater": part.rater,
                    "system": part.system,
                    "tier": part.tier,
                    "kind": part.kind,
                    "reason": account,
                    "n_annotations": n,
                    "ms": ms,
                }
    for item in coding.aside:
        if item.why is Why.FILE_UNREADABLE:
            yield {"session": item.session, "file": item.file, "rater": item.rater, "reason": item.why.value}

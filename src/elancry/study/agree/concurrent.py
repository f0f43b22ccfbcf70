"""Do raters give the same set of codes at the same time, where several codes may be given at once?

Each code has a tier of its own, and rows of its own as one code against the rest. Here they are taken together: every
elementary segment has the set of codes that a rater gave; where a code is unknown, the set is missing.

Measures
    `time_masi_alpha`: Krippendorff's alpha on durations with the MASI distance between sets: 1 - J M, J the Jaccard
    index, M 1 for equal sets, 2/3 where one holds the other, 1/3 where they share a code, 0 else; two empty sets are
    equal. With none: the empty set is a set; without: it is missing. These are the thirds of nltk's `masi_distance`
    (3.10); Passonneau prints them rounded, .67 and .33, as earlier releases of nltk had them: a distance differs by
    less than .004, alpha by some .002.
    `time_mean_percent`, `time_mean_fleiss_kappa`, `time_mean_gwet_ac1`: the mean over codes, one against the rest, of
    those that are defined.

References
    Passonneau (2006) Proc LREC: measuring agreement on set-valued items (MASI).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elancry.agreement import nominal
from elancry.agreement.sums import FloatArray, Layout
from elancry.align.timeline import MISSING, Timeline
from elancry.codebook.model import Codebook
from elancry.codebook.model import Layout as Tiers
from elancry.study.agree.bases import OfUnits
from elancry.study.agree.engine import PAIR_MEAN, Measures
from elancry.study.agree.row import Row, Team
from elancry.study.agree.sums import Sums, Units, UnitSums
from elancry.study.agree.time import WITH_NONE, WITHOUT_NONE, codes_over, columns_of

MASI_SUBSET, MASI_OVERLAP = 2 / 3, 1 / 3
OF_CODES: dict[str, Callable[[Layout, FloatArray], FloatArray]] = {
    "time_mean_percent": nominal.percent,
    "time_mean_fleiss_kappa": nominal.fleiss,
    "time_mean_gwet_ac1": nominal.gwet_ac,
}


def masi_distance(a: frozenset[int], b: frozenset[int]) -> float:
    """The MASI distance of two sets, in [0, 1]."""
    if a == b:
        return 0.0
    shared = len(a & b)
    weight = MASI_SUBSET if a <= b or b <= a else MASI_OVERLAP if shared else 0.0
    return 1.0 - shared / len(a | b) * weight


@dataclass(frozen=True, eq=False, kw_only=True)
class Concurrent(OfUnits):
    """The same sets of codes at the same time."""

    sets: tuple[frozenset[int], ...]
    """The sets that were given, by their number; codes are numbers of the system's categories."""
    n_codes: int
    credit: FloatArray
    """1 - MASI distance of the sets."""

    def measures(self, team: Team, category: int | None) -> Measures:
        if team.aggregate == PAIR_MEAN:
            return {}
        found: dict[str, Callable[..., FloatArray]] = {"time_masi_alpha": self._alpha}
        if self.base["variant"] == WITH_NONE:
            found |= {name: lambda layout, sums, f=f: self._mean(layout, sums, f) for name, f in OF_CODES.items()}
        return found

    def _alpha(self, layout: Layout, sums: FloatArray) -> FloatArray:
        return nominal.krippendorff_alpha(layout, sums, self.credit, small_sample=False)

    def _mean(self, layout: Layout, sums: FloatArray, f: Callable[[Layout, FloatArray], FloatArray]) -> FloatArray:
        each = [f(*layout.merged(sums, [code in one for one in self.sets])) for code in range(self.n_codes)]
        values = np.stack(each, axis=-1)
        defined = np.isfinite(values)
        n = defined.sum(-1)
        return np.where(n > 0, np.where(defined, values, 0.0).sum(-1) / np.maximum(n, 1), np.nan)

    def n_categories(self, category: int | None) -> None:
        return None

    def counted(self, sums: Sums, team: Team) -> Row:
        return {"n_units": sums.n_sequences, "compared_ms": self.compared_ms(sums, team)}


def concurrent_families(
    timelines: Sequence[Timeline], codebook: Codebook, order: Sequence[str] | None
) -> Iterator[Concurrent]:
    """For each system with a tier for each of several codes: with the empty set, then without."""
    for system in codebook.systems:
        own = [item for item in timelines if item.system == system.id]
        if system.layout is not Tiers.TIER_PER_CATEGORY or len({item.tier for item in own}) < 2:
            continue
        raters = columns_of(own, order)
        code = {item.id: at for at, item in enumerate(system.categories)}
        by_sequence: dict[tuple[str, str], list[Timeline]] = {}
        for item in own:
            by_sequence.setdefault((item.session, item.sequence), []).append(item)
        number: dict[frozenset[int], int] = {}
        segments = [(lines[0].session, *_sets(lines, raters, code, number)) for lines in by_sequence.values()]
        sets = tuple(number)
        credit = 1.0 - np.array([[masi_distance(a, b) for b in sets] for a in sets]).reshape(len(sets), len(sets))
        for variant in (WITH_NONE, WITHOUT_NONE):
            empty = number.get(frozenset(), -1) if variant == WITHOUT_NONE else -1
            units = [Units(name, np.where(codes == empty, -1, codes), lengths) for name, codes, lengths in segments]
            yield Concurrent(
                base={"system": system.id, "coding": "interval", "tier": system.tier_name, "variant": variant},
                raters=raters,
                of=UnitSums(units, raters, max(len(sets), 1)),
                sets=sets or (frozenset(),),
                n_codes=len(code),
                credit=credit if len(sets) else np.ones((1, 1)),
            )


def _sets(
    lines: Sequence[Timeline], raters: Sequence[str], code: dict[str, int], number: dict[frozenset[int], int]
) -> tuple[NDArray[np.int64], FloatArray]:
    """The number of each segment's set by rater, -1 where a code is unknown, and the segments' lengths in ms."""
    edges = np.unique(np.concatenate([edge for line in lines for edge in (line.start_ms, line.end_ms)]))
    given = np.zeros((len(edges) - 1, len(raters), len(code)), dtype=bool)
    unknown = np.zeros(given.shape[:2], dtype=bool)
    for line in lines:
        codes = codes_over(line, raters)[np.searchsorted(line.start_ms, edges[:-1], side="right") - 1]
        unknown |= codes == MISSING
        for at, name in enumerate(line.categories):
            given[:, :, code[name]] |= codes == at
    found = np.full(unknown.shape, -1, dtype=np.int64)
    for row, rater in zip(*np.nonzero(~unknown), strict=True):
        one = frozenset(np.flatnonzero(given[row, rater]).tolist())
        found[row, rater] = number.setdefault(one, len(number))
    return found, np.diff(edges).astype(np.float64)

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
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elancry.agreement import nominal
from elancry.agreement.sums import FloatArray, Layout, nominal_sums
from elancry.agreement.undefined import Reason
from elancry.align.timeline import MISSING, Timeline
from elancry.codebook.model import Codebook
from elancry.codebook.model import Layout as Tiers
from elancry.study.agree.engine import PAIR_MEAN, Family, Measures
from elancry.study.agree.row import Row, Team
from elancry.study.agree.sums import Sums, Units
from elancry.study.agree.time import WITH_NONE, WITHOUT_NONE, codes_over, columns_of
from elancry.texts import Text

MASI_SUBSET, MASI_OVERLAP = 2 / 3, 1 / 3
OF_CODES: dict[str, Callable[[Layout, FloatArray], FloatArray]] = {
    "time_mean_percent": nominal.percent,
    "time_mean_fleiss_kappa": nominal.fleiss,
    "time_mean_gwet_ac1": nominal.gwet_ac,
}


def masi_distances(sets: Sequence[frozenset[int]]) -> FloatArray:
    """The MASI distances (S, S) of sets of codes, in [0, 1] (Passonneau 2006)."""
    codes = {code: at for at, code in enumerate(sorted(frozenset().union(*sets)))}
    holds = np.zeros((len(sets), len(codes)))
    for row, one in enumerate(sets):
        holds[row, [codes[code] for code in one]] = 1.0
    shared, size = holds @ holds.T, holds.sum(axis=1)
    either = size[:, None] + size - shared
    one_holds_other = shared == np.minimum(size[:, None], size)
    weight = np.where(either == shared, 1.0, np.where(one_holds_other, MASI_SUBSET, MASI_OVERLAP))
    return np.asarray(np.where(either > 0, 1.0 - shared / np.maximum(either, 1.0) * weight, 0.0))


@dataclass(frozen=True, eq=False, kw_only=True)
class Concurrent(Family):
    """The same sets of codes at the same time.

    Sums of a team and session are short, however many sets there are: time compared, disagreement between raters, time
    of each set; then for each code the sums of one against the rest.
    """

    of: Sequence[Units]
    """Segments: `codes` are numbers of `sets`."""
    sets: tuple[frozenset[int], ...]
    """The sets that were given, by their number; codes are numbers of the system's categories."""
    n_codes: int
    distance: FloatArray
    """MASI distance of the sets."""
    _made: dict[tuple[str, ...], Sums] = field(default_factory=dict)

    def sums(self, team: Team) -> Sums:
        if team.raters not in self._made:
            size = 2 + len(self.sets) + self._n_means * Layout(len(team.raters), 2).size
            self._made[team.raters] = Sums.of(self._found(team.raters), size)
        return self._made[team.raters]

    @property
    def _n_means(self) -> int:
        return self.n_codes if self.base["variant"] == WITH_NONE else 0

    def _found(self, raters: tuple[str, ...]) -> Iterator[tuple[str, FloatArray, int]]:
        columns = [self.raters.index(name) for name in raters]
        holds = np.array([[code in one for one in self.sets] for code in range(self._n_means)], dtype=bool)
        for item in self.of:
            codes = item.codes[:, columns]
            n = (codes >= 0).sum(axis=1)
            kept = n > 1
            if kept.any():
                codes, n, weights = codes[kept], n[kept], item.weights[kept]
                apart = np.zeros(len(codes))
                for a, b in combinations(range(len(raters)), 2):
                    both = (codes[:, a] >= 0) & (codes[:, b] >= 0)
                    apart[both] += 2 * self.distance[codes[both, a], codes[both, b]]
                given = codes[codes >= 0]
                of_sets = np.bincount(given, np.repeat(weights, n), minlength=len(self.sets))
                parts = [np.array([weights.sum(), (weights * apart / (n - 1)).sum()]), of_sets]
                for own in holds:
                    one = np.where(codes >= 0, np.where(own[codes], 0, 1), -1)
                    parts.append(nominal_sums(one, weights, 2))
                yield item.session, np.concatenate(parts), 1

    def measures(self, team: Team, category: int | None) -> Measures:
        if team.aggregate == PAIR_MEAN:
            return {}
        found: dict[str, Callable[..., FloatArray]] = {"time_masi_alpha": self._alpha}
        if self._n_means:
            found |= {name: lambda layout, sums, f=f: self._mean(layout, sums, f) for name, f in OF_CODES.items()}
        return found

    def seen(self, sums: FloatArray, team: Team, category: int | None) -> tuple[Any, ...]:
        return Layout(len(team.raters), 2), sums

    def _alpha(self, layout: Layout, sums: FloatArray) -> FloatArray:
        observed, n_k = sums[..., 1], sums[..., 2 : 2 + len(self.sets)]
        n = n_k.sum(-1)
        expected = ((n_k @ self.distance) * n_k).sum(-1)
        good = expected > nominal.TOTAL * np.square(n)
        return np.where(good, 1.0 - observed * n / np.where(good, expected, 1.0), np.nan)

    def _mean(self, layout: Layout, sums: FloatArray, f: Callable[[Layout, FloatArray], FloatArray]) -> FloatArray:
        each = sums[..., 2 + len(self.sets) :].reshape(*sums.shape[:-1], self.n_codes, layout.size)
        values = f(layout, each)
        defined = np.isfinite(values)
        n = defined.sum(-1)
        return np.where(n > 0, np.where(defined, values, 0.0).sum(-1) / np.maximum(n, 1), np.nan)

    def why(self, sums: FloatArray, team: Team, measure: str, category: int | None) -> Text:
        return Reason.ONE_CATEGORY if sums[0] > 0 else Reason.NO_UNITS

    def counted(self, sums: Sums, team: Team) -> Row:
        return {"n_units": sums.n_sequences, "compared_ms": round(float(sums.total[0])) if sums.sessions else 0}


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
        distances = masi_distances(sets)
        for variant in (WITH_NONE, WITHOUT_NONE):
            empty = number.get(frozenset(), -1) if variant == WITHOUT_NONE else -1
            units = [Units(name, np.where(codes == empty, -1, codes), lengths) for name, codes, lengths in segments]
            yield Concurrent(
                base={"system": system.id, "coding": "interval", "tier": system.tier_name, "variant": variant},
                raters=raters,
                of=units,
                sets=sets,
                n_codes=len(code),
                distance=distances,
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

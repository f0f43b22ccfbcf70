"""Do raters cut the same units out of the continuum, and give them the same category?

Conventions
    A continuum is the window of one sequence, [0, length). Each rater's units do not overlap; what is not in a unit is
    a gap. `Unit`s of a rater are arrays of start, end (any unit of time) and category 0..q-1. Where a file's units
    overlap all the same, the later one begins where the earlier ends.

Measures
    The family of 2016, from lengths of intersections: `alpha` (gap or which category), `binary` (unit or gap), `coding`
    (which category, where two raters have a unit; cu-alpha) and one number per category ((k)u-alpha). Terms are summed
    over sequences, observed and expected each; sequences are never joined to one continuum, which would let chance
    carry units from one session to another.
    The alpha of 2004 (`disagreement_2004`), per category and sequence, from squared differences of unit boundaries.
    A gap is no unit that chance moves as a whole; it consists of pieces of length `grain`: 1 character in the
    published examples, 0 in the limit, which time has and which does not depend on its unit.

References
    Krippendorff, Mathet, Bouvry & Widlöcher (2016) Qual Quant 50:2347; Krippendorff (2019) Content Analysis, 4th ed.,
    section 12.6 (equations 32 to 38); Krippendorff (2004) Content Analysis, 2nd ed., section 11.6; Krippendorff (1995)
    Sociol Methodol 25:47. In the expectation of `coding`, the length of a unit that can be paired is its mean over the
    other raters, squared: this gives the book's value of its figure 12.11.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elancry.agreement.sums import FloatArray, IntArray, against_rest, tables_against_rest
from elancry.agreement.undefined import Reason
from elancry.texts import Text


@dataclass(frozen=True, eq=False)
class Units:
    """One rater's units on a continuum: `start`, `end` float (N,), `codes` int (N,) in 0..q-1; ascending."""

    start: FloatArray
    end: FloatArray
    codes: NDArray[np.integer]

    @classmethod
    def of(cls, start: FloatArray | IntArray, end: FloatArray | IntArray, codes: IntArray, length: float) -> Units:
        """Units clipped to [0, length) and freed of overlap; what has no length left is dropped."""
        order = np.argsort(np.asarray(start), kind="stable")
        begin = np.clip(np.asarray(start, float)[order], 0, length)
        finish = np.clip(np.asarray(end, float)[order], 0, length)
        earlier = np.concatenate([[0.0], np.maximum.accumulate(finish)])[: len(finish)]
        begin = np.maximum(begin, earlier)
        keep = finish > begin
        return cls(begin[keep], finish[keep], np.asarray(codes)[order][keep])


# ---- the family of 2016 -------------------------------------------------------------------------------------------


def unitizing_sums(raters: Sequence[Units], length: float, n_categories: int, grain: float = 0.0) -> FloatArray:
    """Terms of one continuum that add up over sequences: observed and expected coincidences, flat (P,).

    Four tables: observed and expected (q + 1, q + 1) with the gap as the last value, then both (q, q) within
    intersections of units. Zero where fewer than two raters are given.

    `length` of the continuum is in the unit of the times, `n_categories` is q. Source: Krippendorff (2019), eq. 32 to
    38.
    """
    q, m = n_categories, len(raters)
    size = 2 * (q + 1) ** 2 + 2 * q**2
    if m < 2 or length <= 0:
        return np.zeros(size)
    edges = np.unique(np.concatenate([[0.0, length], *(u.start for u in raters), *(u.end for u in raters)]))
    durations = np.diff(edges)
    counts = np.zeros((len(durations), q + 1))
    places = []
    for units in raters:
        code = np.full(len(durations), q)
        first, last = np.searchsorted(edges, units.start), np.searchsorted(edges, units.end)
        places.append((first, last))
        inside = np.repeat(units.codes, last - first)
        at = np.arange((last - first).sum()) - np.repeat(np.cumsum(last - first) - (last - first), last - first)
        code[at + np.repeat(first, last - first)] = inside
        counts[np.arange(len(durations)), code] += 1
    observed = counts.T @ (counts * durations[:, None])
    observed[np.diag_indices(q + 1)] -= durations @ counts
    observed /= m - 1

    squares = np.zeros(q + 1)
    squares[q] = grain * (durations @ counts[:, q])
    pairable = np.zeros(q)
    # Within a unit its own rater is one of those who have a unit there.
    together = np.concatenate([[0.0], np.cumsum(durations * (m - counts[:, q] - 1))]) / (m - 1)
    for units, (first, last) in zip(raters, places, strict=True):
        np.add.at(squares, units.codes, np.square(units.end - units.start))
        np.add.at(pairable, units.codes, np.square(together[last] - together[first]))
    inner = observed[:q, :q]
    tables = (observed, _expected(observed.sum(1), squares), inner, _expected(inner.sum(1), pairable))
    return np.concatenate([table.ravel() for table in tables])


def _expected(lengths: FloatArray, own: FloatArray) -> FloatArray:
    """Coincidences expected by chance: no unit is paired with itself."""
    total = lengths.sum()
    possible = np.square(total) - own.sum()
    if possible <= 0:
        return np.zeros((len(lengths), len(lengths)))
    return np.asarray((np.outer(lengths, lengths) - np.diag(own)) * total / possible)


@dataclass(frozen=True)
class UnitizingAlphas:
    """The family from sums (..., P); each property is (...), NaN where undefined."""

    sums: FloatArray
    n_categories: int

    def _tables(self) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        q, found, at = self.n_categories, [], 0
        for k in (q + 1, q + 1, q, q):
            found.append(self.sums[..., at : at + k * k].reshape(*self.sums.shape[:-1], k, k))
            at += k * k
        return found[0], found[1], found[2], found[3]

    @property
    def alpha(self) -> FloatArray:
        """Units and their categories (eq. 34)."""
        observed, expected, _, _ = self._tables()
        return _one_minus(_off_diagonal(observed), _off_diagonal(expected))

    @property
    def binary(self) -> FloatArray:
        """Units as such, whatever their category (eq. 35)."""
        observed, expected, _, _ = self._tables()
        return _one_minus(observed[..., -1, :-1].sum(-1), expected[..., -1, :-1].sum(-1))

    @property
    def coding(self) -> FloatArray:
        """Categories where units of two raters intersect; cu-alpha (eq. 36, 37)."""
        _, _, observed, expected = self._tables()
        return _one_minus(_off_diagonal(observed), _off_diagonal(expected))

    def each_category(self) -> FloatArray:
        """The sums of each category against the rest, (q, ..., P of two categories), where it is category 0."""
        q, found = self.n_categories, []
        for table in self._tables():
            inner = tables_against_rest(table[..., :q, :q])
            if table.shape[-1] == q:
                found.append(inner)
                continue
            # What meets the gap stays apart.
            beside = np.zeros((*inner.shape[:-2], 3, 3))
            beside[..., :2, :2] = inner
            beside[..., :2, 2] = against_rest(table[..., :q, q])
            beside[..., 2, :2] = against_rest(table[..., q, :q])
            beside[..., 2, 2] = table[..., q, q, None]
            found.append(beside)
        flat = np.concatenate([part.reshape(*part.shape[:-2], -1) for part in found], axis=-1)
        return np.moveaxis(flat, -2, 0)

    def category(self, category: int) -> FloatArray:
        """One category where units intersect; (k)u-alpha (eq. 38)."""
        _, _, observed, expected = self._tables()
        seen, due = observed[..., category].sum(-1), expected[..., category].sum(-1)
        wrong, wrong_due = seen - observed[..., category, category], due - expected[..., category, category]
        return _one_minus(_share(wrong, seen), _share(wrong_due, due))


def explain(sums: FloatArray, n_categories: int, *, coding: bool, category: int | None = None) -> Text:
    """Why an alpha of the family is undefined for sums (P,).

    `coding`: one that looks at intersections only; `category`: that of one category.

    `n_categories` is q, as for `unitizing_sums`.
    """
    observed, _, inner, _ = UnitizingAlphas(sums, n_categories)._tables()
    if observed.sum() == 0:
        return Reason.NO_UNITS
    if observed[:-1].sum() == 0:
        return Reason.NO_UNITS_MARKED
    if category is not None and observed[category].sum() == 0:
        return Reason.UNUSED_CATEGORY
    if category is not None and inner[category].sum() == 0:
        return Reason.NO_INTERSECTION
    if coding and inner.sum() == 0:
        return Reason.NO_INTERSECTION
    return Reason.ONE_CATEGORY


def _off_diagonal(table: FloatArray) -> FloatArray:
    return np.asarray(table.sum((-1, -2)) - np.einsum("...kk->...", table))


def _share(part: FloatArray, whole: FloatArray) -> FloatArray:
    return np.where(whole > 0, part / np.where(whole > 0, whole, 1.0), np.nan)


def _one_minus(observed: FloatArray, expected: FloatArray) -> FloatArray:
    # Expected disagreement below rounding means that only one value occurs.
    good = expected > 1e-12 * np.maximum(1.0, np.abs(observed))
    return np.where(good, 1.0 - observed / np.where(good, expected, 1.0), np.nan)


# ---- the alpha of 2004 --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Disagreement2004:
    """Observed and expected disagreement about one category on one continuum; alpha of several is 1 - sum / sum."""

    observed: float
    expected: float

    @property
    def alpha(self) -> float:
        """1 - observed / expected; NaN where nobody has a unit."""
        return 1 - self.observed / self.expected if self.expected > 0 else float("nan")


def disagreement_2004(raters: Sequence[Units], category: int, length: float, grain: float = 0.0) -> Disagreement2004:
    """Krippendorff (2004), section 11.6: units of `category` against all else, by squared distances of boundaries."""
    m = len(raters)
    units = [(u.start[u.codes == category], u.end[u.codes == category]) for u in raters]
    gaps = [_gaps(start, end, length) for start, end in units]
    if m < 2 or length <= 0:
        return Disagreement2004(0.0, 0.0)
    observed = 0.0
    for i in range(m):
        for j in range(m):
            if i != j:
                observed += _moved(*units[i], *units[j]) / 2 + _missed(*units[i], *gaps[j])
                observed += _moved(*units[j], *units[i]) / 2 + _missed(*units[j], *gaps[i])
    observed /= m * (m - 1) * length**2
    lengths = np.concatenate([end - start for start, end in units])
    gap_lengths = np.sort(np.concatenate([end - start for start, end in gaps]))
    longer = np.searchsorted(gap_lengths, lengths, side="left")
    tail = np.concatenate([np.cumsum(gap_lengths[::-1])[::-1], [0.0]])
    fits = tail[longer] - (len(gap_lengths) - longer) * (lengths - grain)
    among_units = (len(lengths) - 1) / 3 * (2 * lengths**3 - 3 * grain * lengths**2 + grain**2 * lengths)
    possible = m * length * (m * length - grain) - float((lengths * (lengths - grain)).sum())
    expected = 2 / length * float((among_units + lengths**2 * fits).sum()) / possible if possible > 0 else 0.0
    return Disagreement2004(observed, expected)


def _gaps(start: FloatArray, end: FloatArray, length: float) -> tuple[FloatArray, FloatArray]:
    begin, finish = np.concatenate([[0.0], end]), np.concatenate([start, [length]])
    keep = finish > begin
    return begin[keep], finish[keep]


def _moved(start_a: FloatArray, end_a: FloatArray, start_b: FloatArray, end_b: FloatArray) -> float:
    """Squared differences of begins and ends, over pairs of intersecting units."""
    low = np.searchsorted(end_b, start_a, side="right")
    high = np.searchsorted(start_b, end_a, side="left")
    count = np.maximum(high - low, 0)
    a = np.repeat(np.arange(len(start_a)), count)
    b = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + np.repeat(low, count)
    return float((np.square(start_a[a] - start_b[b]) + np.square(end_a[a] - end_b[b])).sum())


def _missed(start: FloatArray, end: FloatArray, gap_start: FloatArray, gap_end: FloatArray) -> float:
    """Squared lengths of the units that lie wholly in a gap."""
    if not len(gap_start):
        return 0.0
    at = np.searchsorted(gap_start, start, side="right") - 1
    inside = (at >= 0) & (end <= gap_end[np.maximum(at, 0)])
    return float(np.square(end - start)[inside].sum())

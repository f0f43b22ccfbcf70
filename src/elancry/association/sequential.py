"""What comes after what? Onsets of one system in a window after another's, and event by event.

Time windows. U is the union of (t, t + w] after every given onset (or offset), cut at the end of the sequence. With N
target onsets in a sequence of length L, of which O fall into U, pi = |U| / L is the share that chance would put there:
E = sum N pi, z = (O - E) / sqrt(sum N pi (1 - pi)), RR = (O / |U|) / ((N - O) / (L - |U|)), Q = (RR - 1) / (RR + 1).
A target that starts together with the given event is not after it. An event belongs to the sequence that its onset lies
in; given events are those that open a window: with the offset as anchor, those that end before the sequence does.

Event lags. The onsets of both systems are merged in order of time; simultaneous onsets are one state. Transitions at a
lag make a table of states by states; the expected counts are those of independence, or, where a state never follows
itself, of quasi-independence with structural zeros on the diagonal (iterative proportional fitting). A category's
count is summed over the states that hold it; the adjusted residual is that of the log-linear model (Haberman).

Numbers are means over raters. p values come from swapping the target tiers (`elancry.association.swap`): the given
events stay (for lags each sequence's difference is standardised). Residuals' normal p values do not hold for few nested
sequences.

References: Bakeman & Quera 2011; Haberman 1973 (adjusted residuals); Wampold 1989 (transformed
kappa); Yoder & Symons 2010 (time windows).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from elancry.association.swap import Pairing
from elancry.choices import Anchor

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class CodedEvents:
    """What one rater marked with one system in one sequence, in order of onset.

    `start_ms`, `end_ms`, `codes` (E,): codes are 0..K-1, everything else is not coded; the sequence is
    [`window_start_ms`, `window_end_ms`); `n_categories` is K.
    """

    start_ms: NDArray[np.int64]
    end_ms: NDArray[np.int64]
    codes: NDArray[np.int16]
    window_start_ms: int
    window_end_ms: int
    n_categories: int


Marked = Sequence[dict[str, CodedEvents]]


@dataclass(frozen=True)
class WindowCounts:
    """Sums over sequences of means over raters, (K_given, K_target) each."""

    n_given: NDArray[np.float64]
    n_target: NDArray[np.float64]
    observed: NDArray[np.float64]
    expected: NDArray[np.float64]
    variance: NDArray[np.float64]
    covered_ms: NDArray[np.float64]
    length_ms: float


@dataclass(frozen=True)
class WindowRule:
    """The window: (t, t + `window_ms`] after the `anchor` of each given event."""

    window_ms: int
    anchor: Anchor = Anchor.ONSET

    def opening(self, given: CodedEvents) -> NDArray[np.int64]:
        """Codes of the given events that open a window: those whose anchor lies in the sequence."""
        times = given.start_ms if self.anchor is Anchor.ONSET else given.end_ms
        return given.codes[(times >= given.window_start_ms) & (times < given.window_end_ms)].astype(np.int64)

    def union(self, given: CodedEvents, code: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Begins and ends of U for the given category, disjoint and ascending; a time x is in it if a < x <= b.

        `code` is the category of the given events; times are in ms.
        """
        times = given.start_ms if self.anchor is Anchor.ONSET else given.end_ms
        times = np.sort(times[given.codes == code])
        times = times[(times >= given.window_start_ms) & (times < given.window_end_ms)]
        if not len(times):
            return times, times
        ends = np.minimum(times + self.window_ms, given.window_end_ms)
        fresh = np.concatenate([[True], times[1:] > ends[:-1]])
        last = np.concatenate([np.flatnonzero(fresh)[1:] - 1, [len(times) - 1]])
        return times[fresh], ends[last]

    def excess(self, given: CodedEvents, targets: Onsets) -> NDArray[np.float64]:
        """O - N pi (T, K_given, K_target) of one sequence with each stretched target tier.

        `targets` are T tiers of `onsets`.
        """
        observed, number, share = self.counts(given, targets)
        return observed - number[:, None, :] * share[None, :, None]

    def counts(
        self, given: CodedEvents, targets: Onsets
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """O (T, K_given, K_target), N (T, K_target) and pi (K_given,).

        `targets` as for `excess`.
        """
        times = targets.stretched(given)
        k, m, t = given.n_categories, targets.n_categories, targets.n_tiers
        cell = targets.owner * m + targets.codes
        number = np.bincount(cell, minlength=t * m).reshape(t, m).astype(np.float64)
        observed = np.zeros((t, k, m))
        share = np.zeros(k)
        for code in range(k):
            begins, ends = self.union(given, code)
            if len(begins):
                share[code] = (ends - begins).sum() / (given.window_end_ms - given.window_start_ms)
                at = np.searchsorted(begins, times, side="left") - 1
                inside = (at >= 0) & (times <= ends[np.maximum(at, 0)])
                observed[:, code] = np.bincount(cell[inside], minlength=t * m).reshape(t, m)
        return observed, number, share


@dataclass(frozen=True)
class Onsets:
    """Onsets of T target tiers in one array: ms from the begin of their sequence, its length, tier number, code."""

    after_ms: NDArray[np.int64]
    length_ms: NDArray[np.int64]
    owner: NDArray[np.int64]
    codes: NDArray[np.int64]
    n_tiers: int
    n_categories: int

    def stretched(self, given: CodedEvents) -> NDArray[np.float64]:
        """Their times in the given sequence.

        Multiplied first: with equal lengths times stay whole milliseconds, and simultaneous stays simultaneous.
        """
        length = float(given.window_end_ms - given.window_start_ms)
        return given.window_start_ms + self.after_ms * length / self.length_ms


def onsets(targets: Sequence[CodedEvents]) -> Onsets:
    """The target tiers of all sequences, ready to be stretched; onsets outside the sequence are left out.

    `targets` (T,) are of one system and not empty.
    """
    after, lengths, owner, codes = [], [], [], []
    for row, item in enumerate(targets):
        there = (item.codes >= 0) & (item.start_ms >= item.window_start_ms) & (item.start_ms < item.window_end_ms)
        after.append(item.start_ms[there] - item.window_start_ms)
        lengths.append(np.full(int(there.sum()), item.window_end_ms - item.window_start_ms))
        owner.append(np.full(int(there.sum()), row))
        codes.append(item.codes[there].astype(np.int64))
    return Onsets(
        np.concatenate(after),
        np.concatenate(lengths),
        np.concatenate(owner),
        np.concatenate(codes),
        len(targets),
        targets[0].n_categories,
    )


def window_counts(given: Marked, targets: Marked, pairing: Pairing, rule: WindowRule) -> WindowCounts:
    """The observed counts over all sequences; `pairing` from `swap.pair_raters`, given raters first.

    Raises ValueError where no sequence is coded with both systems.

    `given`, `targets` (n,): per sequence a mapping rater -> events; `rule` is the window.
    """
    parts: list[list[NDArray[np.float64]]] = []
    total = 0.0
    for a, b, pairs in zip(given, targets, pairing.pairs, strict=True):
        if not pairs:
            continue
        cells = []
        for x, y in pairs:
            length = a[x].window_end_ms - a[x].window_start_ms
            found, number, share = rule.counts(a[x], onsets([b[y]]))
            ones = np.ones_like(found[0])
            chance = share[:, None] * number
            opening = rule.opening(a[x])
            n_given = np.array([float((opening == code).sum()) for code in range(a[x].n_categories)])
            cells.append(
                [
                    n_given[:, None] * ones,
                    number * ones,
                    found[0],
                    chance,
                    chance * (1 - share[:, None]),
                    share[:, None] * ones * length,
                ]
            )
            total += length / len(pairs)
        parts.append([np.mean([cell[part] for cell in cells], axis=0) for part in range(6)])
    if not parts:
        raise ValueError("no sequence is coded with both systems")
    given_sum, target_sum, observed, expected, variance, covered = (
        np.sum([item[part] for item in parts], axis=0) for part in range(6)
    )
    return WindowCounts(given_sum, target_sum, observed, expected, variance, covered, total)


def adjusted_residual(counts: WindowCounts) -> NDArray[np.float64]:
    """z (K_given, K_target); NaN where chance leaves nothing to vary."""
    z = np.full_like(counts.observed, np.nan)
    np.divide(counts.observed - counts.expected, np.sqrt(counts.variance), out=z, where=counts.variance > 1e-12)
    return z


def rate_ratio_q(counts: WindowCounts) -> NDArray[np.float64]:
    """Yule's Q of the rates inside and outside the windows; NaN where there is no inside, outside or target."""
    outside = counts.length_ms - counts.covered_ms
    usable = (counts.covered_ms > 0) & (outside > 1e-9) & (counts.n_target > 0)
    inner, outer = np.zeros_like(outside), np.zeros_like(outside)
    np.divide(counts.observed, counts.covered_ms, out=inner, where=usable)
    np.divide(counts.n_target - counts.observed, outside, out=outer, where=usable)
    q = np.full_like(outside, np.nan)
    np.divide(inner - outer, inner + outer, out=q, where=usable & (inner + outer > 0))
    return q

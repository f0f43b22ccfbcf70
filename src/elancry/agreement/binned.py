"""Time cut into bins, for people who must report a time unit: the version of GSEQ and of most older studies.

Conventions
    Bin b of a window is [b u, (b + 1) u) from its begin, `time_unit_ms` = u; a last bin shorter than u is kept with its
    own length as weight, so that nothing is left out and long units do not invent time. A bin has the code that fills
    most of it; on equal time the earlier code. As u shrinks, every coefficient converges to the exact one.
    With a tolerance of t bins a rater's code counts as agreeing where the other rater has that code within t bins;
    this is done from both sides and averaged (Bakeman, Quera & Gnisci 2009), so rater order does not matter.

References
    Bakeman & Quera (2011) Sequential Analysis and Observational Methods, ch. 5; Bakeman, Quera & Gnisci (2009) Behav
    Res Methods 41:137.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from elancry.agreement.sums import FloatArray, IntArray


def bin_codes(
    start_ms: IntArray, end_ms: IntArray, codes: IntArray, time_unit_ms: int
) -> tuple[NDArray[np.int64], FloatArray]:
    """Codes (B, R) and lengths (B,) of bins from contiguous segments (S,) with codes (S, R).

    `start_ms`, `end_ms` (S,) are ascending; `codes` (S, R) are integers of any meaning, and a bin has one of them.
    Lengths are in ms, `time_unit_ms` at least 1; without segments there are no bins.
    """
    if not len(start_ms):
        return np.zeros((0, codes.shape[1]), dtype=np.int64), np.zeros(0)
    begin, end = int(start_ms[0]), int(end_ms[-1])
    edges = np.append(np.arange(begin, end, time_unit_ms), end)
    # Cut the segments at the bins' edges, then add up the time of each code within each bin.
    cuts = np.union1d(edges, np.append(start_ms, end_ms[-1]))
    segment = np.searchsorted(start_ms, cuts[:-1], side="right") - 1
    at = np.searchsorted(edges, cuts[:-1], side="right") - 1
    lengths = np.diff(cuts).astype(np.float64)
    lowest = int(codes.min())
    span = int(codes.max()) - lowest + 1
    binned = np.empty((len(edges) - 1, codes.shape[1]), dtype=np.int64)
    for rater in range(codes.shape[1]):
        code = codes[segment, rater].astype(np.int64) - lowest
        time = np.zeros((len(edges) - 1, span))
        np.add.at(time, (at, code), lengths)
        first = np.full((len(edges) - 1, span), np.inf)
        np.minimum.at(first, (at, code), cuts[:-1].astype(np.float64))
        # Of the codes with most time, the one that comes first.
        most = time == time.max(axis=1, keepdims=True)
        binned[:, rater] = np.argmin(np.where(most, first, np.inf), axis=1) + lowest
    return binned, np.diff(edges).astype(np.float64)


def tolerant_table(
    first: IntArray, second: IntArray, weights: FloatArray, n_categories: int, tolerance_bins: int
) -> FloatArray:
    """Table (q, q) of two raters' bins (B,), codes -1 missing, with disagreements within the tolerance forgiven.

    A forgiven bin counts on the diagonal of the code that was looked for; rows are the first rater.

    `first` and `second` are codes 0..`n_categories` - 1 of the same bins, `weights` (B,) their lengths or shares of a
    time unit, `tolerance_bins` at least 1.
    """
    table = np.zeros((n_categories, n_categories))
    present = (first >= 0) & (second >= 0)
    for own, other, turned in ((first, second, False), (second, first, True)):
        found = own == other
        for shift in range(1, tolerance_bins + 1):
            found[shift:] |= own[shift:] == other[:-shift]
            found[:-shift] |= own[:-shift] == other[shift:]
        seen = np.where(found, own, other)[present]
        rows, columns = (seen, own[present]) if turned else (own[present], seen)
        np.add.at(table, (rows, columns), weights[present] / 2)
    return table

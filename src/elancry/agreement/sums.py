"""What nominal coefficients are computed from: sums over units that add up over sessions.

Conventions
    A unit is a sequence, an item, or an elementary stretch of time. `codes` is int (U, R): unit by rater, a category's
    index 0..q-1, or -1 where the rater is missing. `weights` is float (U,): 1 for items, milliseconds for stretches.
    All tables of a set of units lie in one flat array (..., P), so that resampling sessions is a matrix product.
    `Layout` knows where each table stands:

    - `coincidences` (q, q): pairs of ratings within units, each unit weighing 1 in total (Gwet);
    - `pairable` (q, q): the same, each unit weighing its number of ratings (Krippendorff);
    - `complete` (q, q): `coincidences` of the units that all raters coded;
    - `shares` (q,): categories, each unit weighing 1;
    - `by_rater`, `complete_by_rater` (R, q): each rater's categories, on all and on complete units;
    - `pairs` (pairs, q, q): the table of each pair of raters, the first in the rows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.integer]

_SQUARE = ("coincidences", "pairable", "complete", "pairs")
# So many numbers are collapsed in one go.
_TOGETHER = 1_000_000


@dataclass(frozen=True)
class Layout:
    """Where each table stands within the P sums of `n_raters` raters and `n_categories` categories."""

    n_raters: int
    n_categories: int

    @cached_property
    def rater_pairs(self) -> tuple[tuple[int, int], ...]:
        """Pairs of rater columns in the order of the pair tables."""
        return tuple((a, b) for a in range(self.n_raters) for b in range(a + 1, self.n_raters))

    @cached_property
    def _shapes(self) -> dict[str, tuple[int, ...]]:
        q, r = self.n_categories, self.n_raters
        return {
            "coincidences": (q, q),
            "pairable": (q, q),
            "complete": (q, q),
            "shares": (q,),
            "by_rater": (r, q),
            "complete_by_rater": (r, q),
            "pairs": (len(self.rater_pairs), q, q),
        }

    @cached_property
    def _offsets(self) -> dict[str, int]:
        offsets, at = {}, 0
        for name, shape in self._shapes.items():
            offsets[name] = at
            at += math.prod(shape)
        return offsets

    @property
    def size(self) -> int:
        """P, the number of sums."""
        return sum(math.prod(shape) for shape in self._shapes.values())

    def table(self, sums: FloatArray, name: str) -> FloatArray:
        """The table `name` of sums (..., P), as a view of shape (..., *its own shape)."""
        shape, at = self._shapes[name], self._offsets[name]
        return sums[..., at : at + math.prod(shape)].reshape(*sums.shape[:-1], *shape)

    def pack(self, tables: dict[str, FloatArray]) -> FloatArray:
        """The inverse of `table` for all tables at once: (..., P)."""
        flat = [
            tables[name].reshape(*tables[name].shape[: tables[name].ndim - len(shape)], math.prod(shape))
            for name, shape in self._shapes.items()
        ]
        return np.concatenate(flat, axis=-1)

    # ---- sums of coarser or fewer data, from the sums alone -------------------------------------------------------

    def each_against_rest(self, sums: FloatArray) -> tuple[Layout, FloatArray]:
        """The same units with two categories, for each category in turn: 0 is that one, 1 is every other.

        From sums (S, P) their layout and (q, S, P of two categories), in time that grows with q^2.
        """
        layout = Layout(self.n_raters, 2)
        found = np.empty((self.n_categories, len(sums), layout.size))
        rows = max(1, _TOGETHER // max(1, self.size))
        for first in range(0, len(sums), rows):
            part = sums[first : first + rows]
            tables = {}
            for name in self._shapes:
                table = self.table(part, name)
                if name in _SQUARE:
                    tables[name] = np.moveaxis(tables_against_rest(table), -3, 0)
                else:
                    tables[name] = np.moveaxis(against_rest(table), -2, 0)
            found[:, first : first + rows] = layout.pack(tables)
        return layout, found

    def merged(self, sums: FloatArray, first: Sequence[bool]) -> tuple[Layout, FloatArray]:
        """The same units with two categories: 0 is every category that is `first` (q,), 1 is every other."""
        chosen = np.asarray(first, dtype=np.float64)
        merge = np.stack([chosen, 1.0 - chosen], axis=1)
        tables = {}
        for name in self._shapes:
            collapsed = self.table(sums, name) @ merge
            if name in _SQUARE:
                collapsed = np.swapaxes(np.swapaxes(collapsed, -1, -2) @ merge, -1, -2)
            tables[name] = collapsed
        layout = Layout(self.n_raters, 2)
        return layout, layout.pack(tables)

    def two_raters(self, sums: FloatArray, pair: int) -> tuple[Layout, FloatArray]:
        """What the two raters of `pair` alone give, on the units that both coded."""
        table = self.table(sums, "pairs")[..., pair, :, :]
        both = (table + np.swapaxes(table, -1, -2)) / 2
        margins = np.stack([table.sum(-1), table.sum(-2)], axis=-2)
        layout = Layout(2, self.n_categories)
        return layout, layout.pack(
            {
                "coincidences": both,
                "pairable": 2 * both,
                "complete": both,
                "shares": both.sum(-1),
                "by_rater": margins,
                "complete_by_rater": margins,
                "pairs": table[..., None, :, :],
            }
        )


def tables_against_rest(tables: FloatArray) -> FloatArray:
    """Each category of tables (..., q, q) against the rest, (..., q, 2, 2), in time that grows with q^2.

    Nothing is subtracted, so that what nobody gave stays exactly 0.
    """
    without_column = _others(tables, -1)
    cells = (tables, without_column, _others(tables, -2), _others(without_column, -2))
    diagonals = [np.einsum("...kk->...k", cell) for cell in cells]
    return np.stack(diagonals, axis=-1).reshape(*tables.shape[:-1], 2, 2)


def against_rest(shares: FloatArray) -> FloatArray:
    """Each category of shares (..., q) against the sum of the rest, (..., q, 2)."""
    return np.stack([shares, _others(shares, -1)], axis=-1)


def _others(numbers: FloatArray, axis: int) -> FloatArray:
    """For each place along `axis` the sum of all other places."""
    moved = np.moveaxis(numbers, axis, -1)
    found = np.zeros(moved.shape)
    found[..., 1:] = np.cumsum(moved[..., :-1], axis=-1)
    found[..., :-1] += np.cumsum(moved[..., :0:-1], axis=-1)[..., ::-1]
    return np.moveaxis(found, -1, axis)


def nominal_sums(codes: IntArray, weights: FloatArray, n_categories: int) -> FloatArray:
    """The P sums of units `codes` (U, R) with `weights` (U,); they add up over disjoint sets of units.

    Gwet's formulas let units with one single rating enter the category shares; leave such units out beforehand where
    only compared units shall count (as for durations).

    `n_categories` is q. Raises nothing: units that nobody rated add 0.
    """
    units, raters = codes.shape
    q = n_categories
    layout = Layout(raters, q)
    present = codes >= 0
    one_hot = np.zeros((units, raters, q))
    one_hot[present, codes[present]] = 1.0
    counts = one_hot.sum(axis=1)
    n = counts.sum(axis=1)

    def coincidences(unit_weights: FloatArray) -> FloatArray:
        table = counts.T @ (counts * unit_weights[:, None])
        table[np.diag_indices(q)] -= unit_weights @ counts
        return np.asarray(table)

    comparable = n >= 2
    complete = weights * (n == raters) * comparable
    weighted = one_hot * weights[:, None, None]
    pairs = np.empty((len(layout.rater_pairs), q, q))
    for index, (a, b) in enumerate(layout.rater_pairs):
        pairs[index] = weighted[:, a].T @ one_hot[:, b]
    return layout.pack(
        {
            "coincidences": coincidences(np.where(comparable, weights / np.maximum(n * (n - 1), 1), 0.0)),
            "pairable": coincidences(np.where(comparable, weights / np.maximum(n - 1, 1), 0.0)),
            "complete": coincidences(complete / max(raters * (raters - 1), 1)),
            "shares": (weights / np.maximum(n, 1)) @ counts,
            "by_rater": weighted.sum(axis=0),
            "complete_by_rater": np.einsum("u,urk->rk", complete, one_hot),
            "pairs": pairs,
        }
    )

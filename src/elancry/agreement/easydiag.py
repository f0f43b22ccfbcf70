"""Do raters see the same events and give them the same category? EasyDIAg's table and coefficients.

Conventions
    An event table is (..., K + 1, K + 1): rows the first rater, columns the second, the last row and column "no match".
    A linked pair adds 2 to its cell, an event that is not linked adds 1, so N is the number of annotations of both
    raters. Nobody can miss what neither marked: the corner is a structural zero. Tables add up over sessions. Functions
    return (...), NaN where undefined; `explain` gives the reason.

Chance agreement
    EasyDIAg fits expected counts to the margins by iterative proportional fitting, from ones with the zero in the
    corner. Its limit has a closed form, used here: with row sums r and column sums c of the K categories, R and C their
    totals and M the matched total, the expected count of cell (i, j) is r_i c_j M / (R C). A category that one rater
    never uses has an expected count of zero; the original divides 0 by 0 there and prints 0 or NaN.
    ELAN starts from 0.001 instead of 0, does so for zero margins too, and stops after 20 rounds: `elan_kappa`.
    Coefficients within links, and those of one category collapsed to 2 x 2, have the chance term of Cohen's kappa.
    Nothing is cut off at 0.

References
    Holle & Rein (2015) Behav Res Methods 47:837; Cohen (1960) Educ Psychol Meas 20:37 (maximum kappa);
    Cicchetti & Feinstein (1990) J Clin Epidemiol 43:551 (positive agreement).
"""

from __future__ import annotations

import numpy as np

from elancry.agreement import margins
from elancry.agreement.nominal import beyond_chance
from elancry.agreement.sums import FloatArray, IntArray
from elancry.agreement.undefined import Reason
from elancry.texts import Text

ELAN_SEED = 0.001
ELAN_ROUNDS = 20


def event_table(
    codes_a: IntArray, codes_b: IntArray, link_a: IntArray, link_b: IntArray, n_categories: int
) -> FloatArray:
    """Table (K + 1, K + 1) of two raters' events with category indices `codes_*` and links `link_a[i]`-`link_b[i]`.

    Events with a negative code (a value outside the vocabulary) are unknown: they and what they are linked to count
    nowhere.

    `codes_a` (N,), `codes_b` (M,) are in 0..`n_categories` - 1 or negative; link i pairs event `link_a[i]` of the first
    rater with event `link_b[i]` of the second, and uses no event twice (Holle & Rein 2015).
    """
    k = n_categories
    table = np.zeros((k + 1, k + 1))
    free_a, free_b = codes_a >= 0, codes_b >= 0
    known = free_a[link_a] & free_b[link_b]
    np.add.at(table, (codes_a[link_a[known]], codes_b[link_b[known]]), 2.0)
    free_a[link_a] = False
    free_b[link_b] = False
    table[:k, k] = np.bincount(codes_a[free_a], minlength=k)
    table[k, :k] = np.bincount(codes_b[free_b], minlength=k)
    return table


def _ratio(top: FloatArray, bottom: FloatArray) -> FloatArray:
    good = bottom > 0
    return np.where(good, top / np.where(good, bottom, 1.0), np.nan)


def _diagonal(table: FloatArray) -> FloatArray:
    return np.asarray(np.einsum("...kk->...", table))


def linked(table: FloatArray) -> FloatArray:
    """Share of all annotations that are linked."""
    return _ratio(margins.total(table[..., :-1, :-1]), margins.total(table))


def raw(table: FloatArray) -> FloatArray:
    """Share of all annotations that are linked with the same category."""
    return _ratio(_diagonal(table), margins.total(table))


def _fitted_chance(table: FloatArray) -> FloatArray:
    """Diagonal share of the counts that quasi-independence expects around the structural zero."""
    row, column = margins.rows(table[..., :-1, :]), margins.columns(table[..., :, :-1])
    both = margins.over(row) * margins.over(column)
    matched = margins.total(table[..., :-1, :-1])
    expected = np.where(both > 0, matched * margins.over(row, column) / np.where(both > 0, both, 1.0), 0.0)
    return _ratio(expected, margins.total(table))


def _attainable(table: FloatArray) -> FloatArray:
    """The largest raw agreement that the margins allow."""
    return _ratio(margins.over(np.minimum(margins.rows(table), margins.columns(table))), margins.total(table))


def kappa_ipf(table: FloatArray) -> FloatArray:
    """EasyDIAg's kappa, with the fitted chance term."""
    return beyond_chance(raw(table), _fitted_chance(table))


def kappa_max(table: FloatArray) -> FloatArray:
    """EasyDIAg's largest kappa: all margins are free, no match with no match too, which cannot happen."""
    return beyond_chance(_attainable(table), _fitted_chance(table))


def kappa_attainable(table: FloatArray) -> FloatArray:
    """The largest `kappa_ipf` that these margins allow where no match with no match stays empty, as it must.

    `kappa_max` counts agreement in that cell, which cannot exist. Without it the diagonal can hold no more than
    min(row, column) of each category, and no more than N - (no-match row) - (no-match column) in all: what is left of
    the categories must take up both no-match margins. Both bounds are reached together (a transportation problem).
    """
    row, column = margins.rows(table[..., :-1, :]), margins.columns(table[..., :, :-1])
    most = np.minimum(margins.over(np.minimum(row, column)), margins.total(table[..., :-1, :-1]))
    return beyond_chance(_ratio(most, margins.total(table)), _fitted_chance(table))


def raw_matched(table: FloatArray) -> FloatArray:
    """Share of the linked annotations that have the same category."""
    return raw(table[..., :-1, :-1])


def kappa_matched(table: FloatArray) -> FloatArray:
    """Cohen's kappa of the linked annotations."""
    return _cohen(table[..., :-1, :-1])


def kappa_max_matched(table: FloatArray) -> FloatArray:
    """The largest `kappa_matched` that the margins allow."""
    return _cohen_max(table[..., :-1, :-1])


def collapse(table: FloatArray, category: int) -> FloatArray:
    """The table of one category against everything else, no match included: (..., 2, 2)."""
    both = table[..., category, category]
    first = table[..., category, :].sum(-1) - both
    second = table[..., :, category].sum(-1) - both
    neither = margins.total(table) - both - first - second
    return np.stack([np.stack([both, first], -1), np.stack([second, neither], -1)], -2)


def collapse_each(table: FloatArray) -> FloatArray:
    """The tables of `collapse` for every category but no match, (..., K, 2, 2); collapsed again as category 0 they are
    the same."""
    both = np.einsum("...kk->...k", table)[..., :-1]
    first = table.sum(-1)[..., :-1] - both
    second = table.sum(-2)[..., :-1] - both
    neither = table.sum((-1, -2))[..., None] - both - first - second
    return np.stack([both, first, second, neither], axis=-1).reshape(*both.shape, 2, 2)


def category_raw(table: FloatArray, category: int) -> FloatArray:
    """Raw agreement of one category against everything else."""
    return raw(collapse(table, category))


def category_kappa(table: FloatArray, category: int) -> FloatArray:
    """Cohen's kappa of one category against everything else; NaN where neither rater used it."""
    return _cohen(collapse(table, category))


def category_kappa_max(table: FloatArray, category: int) -> FloatArray:
    """The largest `category_kappa` that the margins allow."""
    return _cohen_max(collapse(table, category))


def positive_agreement(table: FloatArray, category: int) -> FloatArray:
    """2a / (2a + b + c): share of the annotations with this category that the other rater matched with the same."""
    cells = collapse(table, category)
    both = 2 * cells[..., 0, 0]
    return _ratio(both, both + cells[..., 0, 1] + cells[..., 1, 0])


def _margins(table: FloatArray) -> tuple[FloatArray, FloatArray]:
    total = margins.total(table)[..., None]
    return _ratio(margins.rows(table), total), _ratio(margins.columns(table), total)


def _cohen(table: FloatArray) -> FloatArray:
    row, column = _margins(table)
    varies = margins.varies(row) | margins.varies(column)
    return np.where(varies, beyond_chance(raw(table), margins.over(row, column)), np.nan)


def _cohen_max(table: FloatArray) -> FloatArray:
    row, column = _margins(table)
    varies = margins.varies(row) | margins.varies(column)
    return np.where(varies, beyond_chance(_attainable(table), margins.over(row, column)), np.nan)


# ---- ELAN's own numbers -------------------------------------------------------------------------------------------


def elan_kappa(table: FloatArray) -> FloatArray:
    """Kappa as ELAN computes it ("modified Cohen's kappa"): 20 rounds of fitting, every zero replaced by 0.001.

    ELAN's table holds the categories that one of the two raters used; others are left out here too, because a seed of
    0.001 would count them.
    """
    row, column = margins.rows(table), margins.columns(table)
    used = (row + column) > 0
    used[..., -1] = True
    seed = np.where(used[..., :, None] & used[..., None, :], 1.0, 0.0)
    seed[..., -1, -1] = ELAN_SEED
    row = np.where(used & (row == 0), ELAN_SEED, row)
    column = np.where(used & (column == 0), ELAN_SEED, column)
    fitted = seed
    for _ in range(ELAN_ROUNDS):
        fitted = fitted * np.nan_to_num(_ratio(row, margins.rows(fitted)))[..., :, None]
        fitted = fitted * np.nan_to_num(_ratio(column, margins.columns(fitted)))[..., None, :]
    chance = _ratio(_diagonal(fitted[..., :-1, :-1]), margins.total(table))
    return beyond_chance(raw(table), chance)


def elan_kappa_max(table: FloatArray) -> FloatArray:
    """Maximum kappa as ELAN prints it: with Cohen's chance term, not with the fitted one."""
    return _cohen_max(table)


# ---- reasons ------------------------------------------------------------------------------------------------------


def explain(table: FloatArray, *, matched: bool = False, category: int | None = None) -> Text:
    """Why a number of this table (K + 1, K + 1) is undefined; call it only where it is NaN."""
    if table.sum() == 0:
        return Reason.NO_EVENTS
    inner = table[:-1, :-1]
    if matched and inner.sum() == 0:
        return Reason.NO_LINKED_EVENTS
    if category is not None:
        inner = collapse(table, category)
        if inner[1, 1] == inner.sum():
            return Reason.UNUSED_CATEGORY
    used = (inner.sum(0) + inner.sum(1)) > 0
    return Reason.ONE_CATEGORY if used.sum() == 1 else Reason.NO_VARIATION

"""Do raters give the same category to the same unit?

Conventions
    Everything works on sums over units (`agreement.sums`): every coefficient takes their layout and sums of shape
    (..., P) and returns (...), NaN where it is undefined; `explain` gives the reason. Coefficients take `credit`, float
    (q, q): agreement credited to a pair of categories, 1 on the diagonal; None is the identity (nominal categories).

Measures
    percent, Cohen's kappa per pair and its mean, Conger, Fleiss, Brennan-Prediger, Gwet's AC1 (AC2 with a `credit`),
    Krippendorff's alpha with or without the small-sample term n - 1. Durations are not counts and have no such term;
    then alpha is Fleiss' kappa where all raters coded all units.

References
    Cohen (1960) Educ Psychol Meas 20:37; Fleiss (1971) Psychol Bull 76:378; Conger (1980) Psychol Bull 88:322;
    Brennan & Prediger (1981) Educ Psychol Meas 41:687; Gwet (2014) Handbook of Inter-Rater Reliability, 4th ed.,
    ch. 2-4 (formulas for missing ratings); Krippendorff (2019) Content Analysis, 4th ed., ch. 12.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from elancry.agreement import margins
from elancry.agreement.sums import FloatArray, Layout
from elancry.agreement.undefined import Reason
from elancry.texts import Text

# Below this distance from 1, chance agreement is total: shares of real data cannot come closer without being 1.
TOTAL = 1e-12


def _credit(layout: Layout, credit: FloatArray | None) -> FloatArray:
    return np.eye(layout.n_categories) if credit is None else credit


def _divide(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    """Quotient, NaN where the denominator is not positive."""
    good = denominator > 0
    return np.where(good, numerator / np.where(good, denominator, 1.0), np.nan)


def beyond_chance(observed: FloatArray, chance: FloatArray) -> FloatArray:
    """(p_o - p_e) / (1 - p_e); NaN where chance agreement is total or either is undefined.

    `observed` and `chance` (...) are shares of agreement in [0, 1].
    """
    room = 1.0 - chance
    good = room > TOTAL
    return np.where(good, (observed - chance) / np.where(good, room, 1.0), np.nan)


def _observed(table: FloatArray, credit: FloatArray) -> FloatArray:
    return _divide(margins.total(table, credit), margins.total(table))


def _shares_of(weights: FloatArray) -> FloatArray:
    """Each category's share (..., q) of `weights` (..., q)."""
    return _divide(weights, margins.over(weights)[..., None])


def _credited(one: FloatArray, other: FloatArray, credit: FloatArray) -> FloatArray:
    """The credit expected of two independent ratings with shares (..., q)."""
    return margins.over(one @ credit, other)


def percent(layout: Layout, sums: FloatArray, credit: FloatArray | None = None) -> FloatArray:
    """Share of comparable weight on which a random pair of a unit's raters agrees (Gwet 2014, ch. 2)."""
    return _observed(layout.table(sums, "coincidences"), _credit(layout, credit))


def percent_of_table(table: FloatArray) -> FloatArray:
    """Share of the weight on the diagonal of tables (..., q, q); NaN of an empty one.

    `table` holds weights >= 0, one table for each pair of raters or session.
    """
    return _observed(table, np.eye(table.shape[-1]))


def cohen_of_table(table: FloatArray, credit: FloatArray | None = None) -> FloatArray:
    """Cohen's (weighted) kappa of tables (..., q, q), the first rater in the rows; NaN where neither rater varies.

    `table` as for `percent_of_table`. Source: Cohen (1960); with a `credit` Cohen (1968) Psychol Bull 70:213.
    """
    w = np.eye(table.shape[-1]) if credit is None else credit
    row, column = _shares_of(margins.rows(table)), _shares_of(margins.columns(table))
    kappa = beyond_chance(_observed(table, w), _credited(row, column, w))
    return np.where(margins.varies(row) | margins.varies(column), kappa, np.nan)


def cohen_by_pair(layout: Layout, sums: FloatArray, credit: FloatArray | None = None) -> FloatArray:
    """Cohen's (weighted) kappa for every pair of raters, (..., pairs): on the units that both coded."""
    return cohen_of_table(layout.table(sums, "pairs"), credit)


def cohen_mean(layout: Layout, sums: FloatArray, credit: FloatArray | None = None) -> FloatArray:
    """Mean of Cohen's (weighted) kappa over the pairs that share units; NaN if one of those has no value."""
    return mean_of_pairs(cohen_by_pair(layout, sums, credit), layout.table(sums, "pairs"))


def mean_of_pairs(values: FloatArray, tables: FloatArray) -> FloatArray:
    """Mean (...) of `values` (..., pairs) over the pairs with something in their tables (..., pairs, q, q).

    NaN if one of those has no value, since a mean must not lose a pair silently, or if there is none.
    """
    shared = margins.total(tables) > 0
    return _divide(margins.over(np.where(shared, values, 0.0)), margins.over(shared.astype(np.float64)))


def conger(
    layout: Layout, sums: FloatArray, credit: FloatArray | None = None, *, complete_only: bool = False
) -> FloatArray:
    """Conger's kappa: chance from each rater's own category shares (Conger 1980; Gwet 2014, ch. 2).

    `complete_only` uses the units that all raters coded; otherwise every rater's shares come from all units that the
    rater coded. NaN where no rater varies or a rater coded nothing.
    """
    w, r = _credit(layout, credit), layout.n_raters
    observed = layout.table(sums, "complete" if complete_only else "coincidences")
    p = layout.table(sums, "complete_by_rater" if complete_only else "by_rater")
    p = _shares_of(p)
    if r < 2:
        return np.full(sums.shape[:-1], np.nan)
    mean = p.mean(-2)
    credited = _credited(mean, mean, w) * r * r - margins.over(_credited(p, p, w))
    kappa = beyond_chance(_observed(observed, w), credited / (r * (r - 1)))
    return np.where(margins.varies(p).any(-1), kappa, np.nan)


def conger_of_complete(layout: Layout, sums: FloatArray) -> FloatArray:
    """Conger's kappa of the units that all raters coded."""
    return conger(layout, sums, complete_only=True)


def fleiss(layout: Layout, sums: FloatArray, credit: FloatArray | None = None) -> FloatArray:
    """Fleiss' kappa (for two raters: Scott's pi): chance from the pooled category shares (Gwet 2014, ch. 2)."""
    w, pi = _credit(layout, credit), _shares_of(layout.table(sums, "shares"))
    return beyond_chance(percent(layout, sums, w), _credited(pi, pi, w))


def brennan_prediger(layout: Layout, sums: FloatArray, credit: FloatArray | None = None) -> FloatArray:
    """Brennan and Prediger's kappa: chance as if all q categories were equally likely."""
    w = _credit(layout, credit)
    return beyond_chance(percent(layout, sums, w), np.asarray(w.sum() / max(layout.n_categories, 1) ** 2))


def gwet_ac(layout: Layout, sums: FloatArray, credit: FloatArray | None = None) -> FloatArray:
    """Gwet's AC1, with a `credit` AC2: chance from the probability of a random rating (Gwet 2014, ch. 2-3)."""
    w, q = _credit(layout, credit), layout.n_categories
    if q < 2:
        return np.full(sums.shape[:-1], np.nan)
    pi = _shares_of(layout.table(sums, "shares"))
    chance = w.sum() / (q * (q - 1)) * margins.over(pi * (1 - pi))
    return beyond_chance(percent(layout, sums, w), chance)


def gwet_by_pair(layout: Layout, sums: FloatArray, credit: FloatArray | None = None) -> FloatArray:
    """AC1 or AC2 for every pair of raters, (..., pairs): on the units that both coded."""
    each = [gwet_ac(*layout.two_raters(sums, pair), credit) for pair in range(len(layout.rater_pairs))]
    return np.stack(each, axis=-1)


def krippendorff_alpha(
    layout: Layout, sums: FloatArray, credit: FloatArray | None = None, *, small_sample: bool
) -> FloatArray:
    """Krippendorff's alpha from the coincidence matrix (Krippendorff 2019, ch. 12).

    `small_sample` keeps his n - 1, which belongs to counts of ratings; durations have none.
    """
    disagreement = 1.0 - _credit(layout, credit)
    table = layout.table(sums, "pairable")
    n_k = margins.rows(table)
    n = margins.over(n_k)
    observed = margins.total(table, disagreement) * ((n - 1) if small_sample else n)
    expected = _credited(n_k, n_k, disagreement)
    good = expected > TOTAL * np.square(n)
    return np.where(good, 1.0 - observed / np.where(good, expected, 1.0), np.nan)


def alpha_of_counts(layout: Layout, sums: FloatArray) -> FloatArray:
    """Krippendorff's alpha of units that are counted."""
    return krippendorff_alpha(layout, sums, small_sample=True)


def alpha_of_durations(layout: Layout, sums: FloatArray) -> FloatArray:
    """Krippendorff's alpha of durations."""
    return krippendorff_alpha(layout, sums, small_sample=False)


# ---- reasons ------------------------------------------------------------------------------------------------------


def explain(layout: Layout, sums: FloatArray, *, pairwise: bool = False) -> Text:
    """Why a coefficient of these sums (P,) is undefined; call it only where the coefficient is NaN.

    `pairwise`: the coefficient is a mean over pairs of raters.
    """
    used = layout.table(sums, "coincidences").sum(-1) > 0
    by_rater = layout.table(sums, "by_rater")
    if layout.n_raters < 2 or (by_rater.sum(-1) > 0).sum() == 1:
        return Reason.ONE_RATER
    if not used.any():
        return Reason.NO_UNITS
    if layout.n_categories < 2:
        return Reason.ONE_POSSIBLE_CATEGORY
    if used.sum() == 1:
        return Reason.ONE_CATEGORY
    if not margins.varies(by_rater).any():
        return Reason.NO_VARIATION
    if pairwise:
        return Reason.UNDEFINED_PAIR
    complete = layout.table(sums, "complete").sum(-1) > 0
    if not complete.any():
        return Reason.NO_COMPLETE_UNIT
    # What is left is a coefficient of complete units, which vary less than all units do.
    return Reason.ONE_CATEGORY if complete.sum() == 1 else Reason.NO_VARIATION


def linear_credit(values: Sequence[float] | FloatArray) -> FloatArray:
    """Credit (q, q) that falls with the distance of two categories' numbers, 0 for the farthest (Gwet 2014, ch. 3).

    `values` (q,) are the numbers of the categories, in any order.
    """
    distance = np.abs(np.subtract.outer(np.asarray(values, float), np.asarray(values, float)))
    return np.asarray(1.0 - distance / max(float(distance.max(initial=0.0)), np.finfo(float).tiny))


def quadratic_credit(values: Sequence[float] | FloatArray) -> FloatArray:
    """Credit (q, q) that falls with the squared distance of two categories' numbers.

    `values` as for `linear_credit` (Gwet 2014, ch. 3).
    """
    return np.asarray(1.0 - np.square(1.0 - linear_credit(values)))

"""How uncertain is a coefficient if the units are independent? Gwet's linearised standard errors.

Conventions
    Items by raters only: `codes` int (U, R) with -1 missing, every unit with the same weight. Stretches of time are
    not counts of independent items and events depend on each other, so neither has an analytic standard error here;
    sequences of one session are not independent either, which is why tables label these numbers "sequences assumed
    independent" and put the session bootstrap first. `credit` is as in `nominal`.

Measures
    `standard_error` for percent, AC1/AC2, Fleiss, Brennan-Prediger, Conger and Krippendorff's alpha.

References
    Gwet (2008) Br J Math Stat Psychol 61:29; Gwet (2014) Handbook of Inter-Rater Reliability, 4th ed., ch. 5;
    Gwet (2021) Educ Psychol Meas 81:781.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from elancry.agreement.estimate import Interval
from elancry.agreement.sums import FloatArray, IntArray
from elancry.texts import text


class WithError(StrEnum):
    """Coefficients that have an analytic standard error."""

    PERCENT = "percent"
    GWET_AC = "gwet_ac"
    FLEISS = "fleiss"
    BRENNAN_PREDIGER = "brennan_prediger"
    CONGER = "conger"
    KRIPPENDORFF = "krippendorff"


def standard_error(
    codes: IntArray, n_categories: int, coefficient: WithError, credit: FloatArray | None = None
) -> float | None:
    """Standard error under sampling of units, raters fixed; None where coefficient or variance is undefined.

    `n_categories` is q of `codes` and `credit`. Units without a rating count nowhere, and there must be two with two
    ratings.
    """
    present = (codes >= 0).sum(axis=1) >= 1
    codes = codes[present]
    w = np.eye(n_categories) if credit is None else credit
    counts = np.stack([(codes == k).sum(axis=1) for k in range(n_categories)], axis=1).astype(np.float64)
    n_i = counts.sum(axis=1)
    comparable = n_i >= 2
    if comparable.sum() < 2 or n_categories < 2:
        return None
    if coefficient is WithError.KRIPPENDORFF:
        return _of_alpha(counts[comparable], n_i[comparable], w)
    n, n_2 = len(codes), float(comparable.sum())
    agreed = (counts * (counts @ w.T - 1)).sum(axis=1)
    p_i = np.where(comparable, agreed / np.maximum(n_i * (n_i - 1), 1), 0.0)
    observed = p_i.sum() / n_2
    chance, chance_i = _chance(codes, counts, n_i, w, coefficient)
    if chance > 1 - 1e-12:
        return None
    value = (observed - chance) / (1 - chance)
    unit = (n / n_2) * (p_i - chance * comparable) / (1 - chance)
    linear = unit - 2 * (1 - value) * (chance_i - chance) / (1 - chance)
    return float(np.sqrt(np.square(linear - value).sum() / (n * (n - 1))))


def _chance(
    codes: IntArray, counts: FloatArray, n_i: FloatArray, w: FloatArray, coefficient: WithError
) -> tuple[float, FloatArray]:
    """Chance agreement and each unit's contribution to it (U,)."""
    n, q = counts.shape
    pi = (counts / n_i[:, None]).mean(axis=0)
    match coefficient:
        case WithError.PERCENT:
            return 0.0, np.zeros(n)
        case WithError.BRENNAN_PREDIGER:
            chance = float(w.sum() / q**2)
            return chance, np.full(n, chance)
        case WithError.GWET_AC:
            scale = w.sum() / (q * (q - 1))
            return float(scale * (pi * (1 - pi)).sum()), scale * (counts @ (1 - pi)) / n_i
        case WithError.CONGER:
            return _conger_chance(codes, w)
        case _:
            return float(pi @ w @ pi), counts @ ((w + w.T) / 2 @ pi) / n_i


def _conger_chance(codes: IntArray, w: FloatArray) -> tuple[float, FloatArray]:
    """Conger's chance term with ratings missing per rater, and its linearisation over units."""
    n, r = codes.shape
    q = len(w)
    present = (codes >= 0).astype(np.float64)
    n_g = present.sum(axis=0)
    if (n_g == 0).any():
        return 1.0, np.zeros(n)
    one_hot = np.stack([codes == k for k in range(q)], axis=2).astype(np.float64)
    p = one_hot.sum(axis=0) / n_g[:, None]
    total = p.sum(axis=0)
    chance = float((total @ w @ total - np.einsum("gk,kl,gl->", p, w, p)) / (r * (r - 1)))
    # A unit moves rater g's shares only where g rated it; shares are ratios, hence the second term.
    moved = (one_hot - (present - n_g / n)[:, :, None] * p) * (n / n_g)[:, None]
    others = total - p
    return chance, np.einsum("ugl,kl,gk->u", moved, w, others) / (r * (r - 1))


def _of_alpha(counts: FloatArray, n_i: FloatArray, w: FloatArray) -> float | None:
    n = len(counts)
    mean = n_i.mean()
    pi = (counts / mean).mean(axis=0)
    chance = float(pi @ w @ pi)
    if chance > 1 - 1e-12:
        return None
    agreed = (counts * (counts @ w.T - 1)).sum(axis=1) / (mean * (n_i - 1))
    observed = agreed.mean()
    value = (observed - chance) / (1 - chance)
    # The small-sample observed agreement stands in this one place, as in irrCAC 1.0, which we are tested against.
    small_sample = (1 - 1 / n_i.sum()) * observed + 1 / n_i.sum()
    unit = (agreed - small_sample * (n_i - mean) / mean - chance) / (1 - chance)
    chance_i = counts @ ((w + w.T) / 2 @ pi) / mean - chance * (n_i - mean) / mean
    linear = unit - 2 * (1 - value) * (chance_i - chance) / (1 - chance)
    return float(np.sqrt(np.square(linear - value).sum() / (n * (n - 1))))


def analytic_interval(estimate: float, error: float, n_units: int) -> Interval:
    """95 % interval from a standard error with n - 1 degrees of freedom, cut off at 1 (Gwet 2014, ch. 5).

    `estimate` and its standard `error`, of `n_units` independent units (two or more).
    """
    from scipy.stats import t

    wide, one_sided = (float(t.ppf(level, n_units - 1)) * error for level in (0.975, 0.95))
    return Interval(estimate - wide, min(1.0, estimate + wide), text("interval.gwet"), None, estimate - one_sided)

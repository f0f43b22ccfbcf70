"""What formulas say of designs with independent sequences that all raters code: a check on what is simulated.

References
    Bonett (2002) Stat Med 21:1331, eq. 3 (interval width of an intraclass correlation); Cohen (1988) Statistical Power
    Analysis, ch. 9 (power of a slope; R's pwr::pwr.f2.test).
"""

from __future__ import annotations

import math

from elancry.agreement.estimate import CONFIDENCE
from elancry.power.model import Assumptions, Design


def width_by_bonett(icc: float, n: int, raters: int) -> float:
    """Approximate width of the 95 % interval of an intraclass correlation of `n` >= 2 sequences and `raters` >= 2.

    Bonett (2002): n = 8 z^2 (1 - icc)^2 (1 + (k - 1) icc)^2 / (k (k - 1) w^2) + 1, solved for w.
    """
    from scipy import stats

    z = float(stats.norm.ppf(0.5 + CONFIDENCE / 2))
    square = 8 * z**2 * (1 - icc) ** 2 * (1 + (raters - 1) * icc) ** 2 / (raters * (raters - 1) * (n - 1))
    return math.sqrt(square)


def power_of_slope(correlation: float, n: int, alpha: float = 0.05) -> float:
    """Power of the F test of one slope of `n` > 2 independent sequences, predictor fixed, two-sided.

    As pwr::pwr.f2.test(u = 1, v = n - 2, f2 = r^2 / (1 - r^2)) has it, with noncentrality f2 (u + v + 1) = f2 n.
    """
    from scipy import stats

    f2 = correlation**2 / (1 - correlation**2)
    # As t: scipy's noncentral F is wrong where the noncentrality is 0.
    critical, shift = float(stats.t.ppf(1 - alpha / 2, n - 2)), math.sqrt(f2 * n)
    return float(stats.nct.sf(critical, n - 2, shift) + stats.nct.cdf(-critical, n - 2, shift))


def observed_correlation(assumed: Assumptions, design: Design) -> float:
    """Correlation of the means of all raters where that of the true scores is `assumed.slope`.

    A rater's bias is the same in every sequence, so only the residual attenuates (Spearman 1904).
    """
    reliability = 1 / (1 + assumed.residual_variance / design.raters)
    return assumed.slope * reliability

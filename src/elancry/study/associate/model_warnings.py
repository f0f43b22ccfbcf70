"""What limits trust in a regression, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from elancry.association.effect import condition_number, cooks_distance, residual_checks, vif
from elancry.association.measured import (
    N_SEQUENCES,
    N_SESSIONS,
    NINE_JOINT,
    SKEWED_FROM,
    SKEWED_SHARES_COVERAGE,
    SKEWED_SHARES_SIZE,
    percent,
    skewness,
)
from elancry.association.regression import LinearFit, Slopes, exact_fit
from elancry.choices import Score

if TYPE_CHECKING:
    from numpy.typing import NDArray


# From this number of predictors on HTZ is far below its level (docs/validity.md).
CONSERVATIVE_FROM = 6
SKEWED = "skewed share"
"""In the warning that states the true level of such a slope's test, and in no other."""


def model_warnings(
    fit: LinearFit,
    *,
    score: Score,
    slopes: Slopes,
    clusters: NDArray[np.int64],
    n_clusters: int,
    cluster: str,
    n_left_out: int,
    labels: Sequence[str],
) -> list[str]:
    """Every warning about one model with one kind of standard error; `labels` name its sequences."""
    n, k = len(fit.y), len(fit.b) - 1
    words: list[str] = []
    if n_left_out:
        words.append(f"{_count(n_left_out, 'sequence')} left out: a score is missing")
    if n < 5 * k:
        words.append(f"{n / k:.1f} sequences per predictor: fewer than 5, coefficients are hardly more than noise")
    elif n < 10 * k:
        words.append(f"{n / k:.1f} sequences per predictor: fewer than 10")
    if n_clusters < 5 * k:
        words.append(f"{n_clusters / k:.1f} {cluster}s per predictor: fewer than 5")
    if slopes.se_type != "CR2" and n_clusters < n:
        words.append(
            f"{n} sequences come from {n_clusters} {cluster}s: {slopes.se_type} errors take them as independent"
        )
    if slopes.se_type == "CR2":
        poor = [
            f"{name} ({df:.1f})"
            for name, df in zip(fit.names[1:], slopes.df[1:], strict=True)
            if not np.isnan(df) and df < 5
        ]
        if k >= CONSERVATIVE_FROM:
            rate = percent(NINE_JOINT.get(score.value, max(NINE_JOINT.values())))
            words.append(
                f"the joint test of {k} predictors is conservative: with nine, in simulated studies of {N_SEQUENCES} "
                f"sequences in {N_SESSIONS} sessions, it rejected a true null in {rate} at most, instead of 5 %"
            )
        skew = skewness(fit.y)
        if score is Score.SHARE and skew > SKEWED_FROM and not exact_fit(fit):
            words.append(
                f"the outcome is a skewed share (skewness {skew:.1f}): tests of single slopes are conservative; with "
                f"nine shares as predictors, in simulated studies of {N_SEQUENCES} sequences in {N_SESSIONS} sessions, "
                f"such a test rejected a true null in {percent(SKEWED_SHARES_SIZE)} instead of 5 %, and the 95 % "
                f"interval held the slope in {percent(SKEWED_SHARES_COVERAGE)}"
            )
        if poor:
            words.append(
                f"Bell-McCaffrey degrees of freedom below 5: {', '.join(poor)}; the {cluster}s that differ are few"
            )
    inflated = [
        f"{name} ({value:.0f})" for name, value in zip(fit.names[1:], vif(fit.x[:, 1:]), strict=True) if value > 10
    ]
    if inflated:
        words.append(f"variance inflation above 10: {', '.join(inflated)}; predictors nearly determine each other")
    elif condition_number(fit) > 30:
        words.append(f"condition number {condition_number(fit):.0f}: predictors nearly determine each other")
    if exact_fit(fit):
        words.append("the model reproduces the outcome exactly")
        return words
    distance = cooks_distance(fit)
    heavy = [label for label, one in zip(labels, distance, strict=True) if np.isnan(one) or one > 1]
    if heavy:
        words.append(f"one sequence alone moves the model (Cook's distance above 1): {', '.join(heavy)}")
    if n >= 8:
        checks = residual_checks(fit)
        if checks.shapiro_p < 0.01:
            words.append(f"residuals are not normal (Shapiro-Wilk p {_p(checks.shapiro_p)})")
        if checks.breusch_pagan_p < 0.01 and slopes.se_type == "classical":
            words.append(f"residual variance is not constant (Breusch-Pagan p {_p(checks.breusch_pagan_p)})")
    return words


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _p(value: float) -> str:
    return "< .001" if value < 0.001 else f"= {value:.3f}".replace("0.", ".")

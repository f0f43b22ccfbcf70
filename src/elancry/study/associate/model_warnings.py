"""What limits trust in a regression."""

from __future__ import annotations

from collections.abc import Iterator
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
    regression_near,
    skewness,
)
from elancry.association.regression import Coefficients, LinearFit, exact_fit
from elancry.choices import Score
from elancry.study.associate.regression_plan import level
from elancry.texts import Text, text

if TYPE_CHECKING:
    from elancry.study.associate.regression_fit import Model

# From this number of predictors on HTZ is far below its level (docs/validity-regression.md).
CONSERVATIVE_FROM = 6
SKEWED = "model.skewed-share"
"""The warning that states the true level of such a slope's test."""
SKEWED_FAR = "model.skewed-share-far"
"""The same where no design near the model's was simulated."""
SIMULATED = {"sequences": N_SEQUENCES, "sessions": N_SESSIONS}


def model_warnings(model: Model, fit: LinearFit, se_type: str, slopes: Coefficients) -> tuple[Text, ...]:
    """Every warning about one model with one kind of standard error."""
    found = [*_few(model, fit, se_type)]
    if se_type == "CR2":
        found += _of_cr2(model, fit, slopes)
    return (*found, *_predictors(fit), *_residuals(model, fit, se_type))


def _few(model: Model, fit: LinearFit, se_type: str) -> Iterator[Text]:
    """Too few sequences, or clusters, for so many predictors."""
    n, k, clusters = len(fit.y), len(fit.b) - 1, model.n_clusters
    levels = level(model.sample.cluster, 2)
    if n < len(model.rows):
        yield text("model.left-out", n=len(model.rows) - n)
    if n < 5 * k:
        yield text("model.few-sequences", ratio=n / k)
    elif n < 10 * k:
        yield text("model.not-ten-sequences", ratio=n / k)
    if clusters < 5 * k:
        yield text("model.few-clusters", ratio=clusters / k, levels=levels)
    if se_type != "CR2" and clusters < n:
        yield text("model.taken-as-independent", sequences=n, clusters=clusters, levels=levels, se_type=se_type)


def _of_cr2(model: Model, fit: LinearFit, slopes: Coefficients) -> Iterator[Text]:
    """Where these tests are known to miss their level."""
    k, score = len(fit.b) - 1, model.spec.score
    close = regression_near(model.n_sequences, model.n_clusters)
    if k >= CONSERVATIVE_FROM:
        rate = NINE_JOINT.get(score.value, max(NINE_JOINT.values()))
        if close:
            yield text("model.conservative-joint-test", k=k, rate=100 * rate, **SIMULATED)
        else:
            yield text("model.conservative-joint-test-far", k=k)
    skew = skewness(fit.y)
    if score is Score.SHARE and skew > SKEWED_FROM and not exact_fit(fit):
        rates = {"rate": 100 * SKEWED_SHARES_SIZE, "coverage": 100 * SKEWED_SHARES_COVERAGE}
        yield text(SKEWED, skewness=skew, **rates, **SIMULATED) if close else text(SKEWED_FAR, skewness=skew)
    poor = tuple(
        text("model.term-with-df", name=name, df=float(df))
        for name, df in zip(fit.names[1:], slopes.df[1:], strict=True)
        if df < 5
    )
    if poor:
        yield text("model.few-df", terms=poor, levels=level(model.sample.cluster, 2))


def _predictors(fit: LinearFit) -> Iterator[Text]:
    """Predictors that nearly determine each other."""
    inflated = tuple(
        text("model.term-with-vif", name=name, vif=float(value))
        for name, value in zip(fit.names[1:], vif(fit.x[:, 1:]), strict=True)
        if value > 10
    )
    if inflated:
        yield text("model.inflated", terms=inflated)
    elif (number := condition_number(fit)) > 30:
        yield text("model.condition", number=number)


def _residuals(model: Model, fit: LinearFit, se_type: str) -> Iterator[Text]:
    """Sequences that move the model alone, and errors that are not what the tests take them for."""
    if exact_fit(fit):
        yield text("model.exact-fit")
        return
    distance = cooks_distance(fit)
    heavy = tuple(label for label, one in zip(model.labels, distance, strict=True) if np.isnan(one) or one > 1)
    if heavy:
        yield text("model.influential-sequence", sequences=heavy)
    if len(fit.y) >= 8:
        checks = residual_checks(fit)
        if checks.shapiro_p < 0.01:
            yield text("model.not-normal", p=_p(checks.shapiro_p))
        if checks.breusch_pagan_p < 0.01 and se_type == "classical":
            yield text("model.unequal-variance", p=_p(checks.breusch_pagan_p))


def _p(value: float) -> str:
    return "< .001" if value < 0.001 else f"= {value:.3f}".replace("0.", ".")

"""Do the coefficients hold when each session has a level of its own? A linear mixed model with a random intercept.

Why not statsmodels' MixedLM, which fits everything else here: on simulated studies of 46 sequences in 32 sessions
version 0.15 stops below the best restricted likelihood in 5 to 13 of 100 (intraclass correlation up to .18 off),
mostly where the variance between sessions is near 0; its standard errors, from the joint Hessian of coefficients and
variances, are off by 5 to 10 % in the median study (2.5 % on the oracle's), sometimes undefined, and it has no
degrees of freedom (`benchmarks/mixed_against_statsmodels.py`). With a random intercept alone the deviance depends on
one ratio, the variance between sessions over the residual one, so it is minimised on a line and polished by Newton's
method. Where MixedLM converges both have the same variances; this equals lme4 and lmerTest to seven digits.

Conventions: y = X b + u[session] + e, var u = `between`, var e = `within`; tests are t with Satterthwaite's degrees of
freedom, 2 V^2 / (g' A g), with V the variance of the coefficient, g its gradient and A the inverse observed
information in the two variances. Where the variance between sessions is estimated as 0 the fit is singular: the numbers
are then those of ordinary least squares, and `singular` says so.

References: Bates, Maechler, Bolker & Walker 2015 (lme4); Kuznetsova, Brockhoff & Christensen 2017 (lmerTest).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from elancry.association.regression import Coefficients, LinearFit, NotFitted, exact_fit, t_tests
from elancry.texts import Text, text

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Share of the total variance below which the variance between sessions is taken as 0.
_SINGULAR = 1e-8


@dataclass(frozen=True)
class MixedFit(Coefficients):
    """Fixed effects with their tests, and the two variances."""

    between: float
    within: float
    log_likelihood: float
    singular: bool

    @property
    def intraclass(self) -> float:
        """Share of the residual variance that lies between sessions."""
        return self.between / (self.between + self.within)


def why_not_mixed(fit: LinearFit, clusters: NDArray[np.int64]) -> Text | None:
    """Why a random intercept cannot be estimated; `None` where it can.

    `clusters` (n,) are any integers.
    """
    m, n = len(np.unique(clusters)), len(clusters)
    if m < 2:
        return text("model.mixed-one-session")
    if m == n:
        return text("model.mixed-one-each")
    if exact_fit(fit):
        return text("model.mixed-exact")
    if m <= fit.x.shape[1]:
        return text("model.mixed-too-few", sessions=m, k=fit.x.shape[1])
    return None


def random_intercept(fit: LinearFit, clusters: NDArray[np.int64]) -> MixedFit:
    """The mixed model on the design and outcome of `fit`.

    Raises NotFitted with the reason where `why_not_mixed` gives one.

    `clusters` (n,) any integers.
    """
    from scipy import optimize

    reason = why_not_mixed(fit, clusters)
    if reason is not None:
        raise NotFitted(reason)
    model = _Reml(fit.x, fit.y, clusters)
    grid = np.linspace(0.0, 0.99, 67)
    heights = [model.deviance(share) for share in grid]
    best = int(np.argmin(heights))
    found = optimize.minimize_scalar(
        model.deviance,
        bounds=(grid[max(best - 1, 0)], grid[best + 1] if best + 1 < len(grid) else 1 - 1e-9),
        method="bounded",
        options={"xatol": 1e-10},
    )
    share = float(found.x) if found.fun < heights[0] - 1e-10 else 0.0
    singular = share < _SINGULAR
    within = model.within(0.0 if singular else share)
    between = 0.0 if singular else within * share / (1 - share)
    if not singular:
        between, within = model.polish(between, within)
    covariance = model.covariance(between, within)
    se = np.sqrt(np.diag(covariance))
    df = np.full(len(se), float(fit.df_residual)) if singular else model.satterthwaite(between, within)
    b = model.coefficients(between, within)
    return MixedFit(
        **vars(t_tests(fit.names, b, se, df)),
        between=between,
        within=within,
        log_likelihood=-0.5 * model.deviance(between / (between + within)),
        singular=singular,
    )


class _Reml:
    """The restricted likelihood of one design; `share` is between / (between + within)."""

    def __init__(self, x: NDArray[np.float64], y: NDArray[np.float64], clusters: NDArray[np.int64]) -> None:
        self.x, self.y = x, y
        self.n, self.p = x.shape
        labels, codes = np.unique(clusters, return_inverse=True)
        self.sizes = np.bincount(codes).astype(np.float64)
        member = np.zeros((self.n, len(labels)))
        member[np.arange(self.n), codes] = 1.0
        self.same = member @ member.T
        both = np.column_stack([x, y])
        self.cross = both.T @ both
        self.sums = member.T @ both

    def _weighted(self, ratio: float) -> NDArray[np.float64]:
        """[X y]' V^-1 [X y] with V = I + ratio 11' per session."""
        weight = ratio / (1 + ratio * self.sizes)
        return self.cross - (self.sums * weight[:, None]).T @ self.sums

    def within(self, share: float) -> float:
        """The residual variance that is best at this share."""
        weighted = self._weighted(share / (1 - share))
        xx, xy, yy = weighted[:-1, :-1], weighted[:-1, -1], weighted[-1, -1]
        return float((yy - xy @ np.linalg.solve(xx, xy)) / (self.n - self.p))

    def deviance(self, share: float) -> float:
        """-2 log restricted likelihood, the residual variance profiled out."""
        ratio = share / (1 - share)
        xx = self._weighted(ratio)[:-1, :-1]
        freedom = self.n - self.p
        return float(
            np.log1p(ratio * self.sizes).sum()
            + np.linalg.slogdet(xx)[1]
            + freedom * (1 + np.log(2 * np.pi * self.within(share)))
        )

    def coefficients(self, between: float, within: float) -> NDArray[np.float64]:
        """Generalised least squares."""
        weighted = self._weighted(between / within)
        return np.asarray(np.linalg.solve(weighted[:-1, :-1], weighted[:-1, -1]), dtype=np.float64)

    def covariance(self, between: float, within: float) -> NDArray[np.float64]:
        """(X' V^-1 X)^-1 with V in the units of y."""
        return np.asarray(within * np.linalg.inv(self._weighted(between / within)[:-1, :-1]), dtype=np.float64)

    def _derivatives(self, between: float, within: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Gradient (2,) and Hessian (2, 2) of the deviance in (between, within)."""
        inverse = np.linalg.inv(within * np.eye(self.n) + between * self.same)
        vx = inverse @ self.x
        project = inverse - vx @ np.linalg.solve(self.x.T @ vx, vx.T)
        py = project @ self.y
        by_between, by_within = project @ self.same, project
        gradient = np.array([np.trace(by_between) - py @ self.same @ py, np.trace(by_within) - py @ py])
        parts = ((by_between, self.same @ py), (by_within, py))
        hessian = np.array([[-float((a * b.T).sum()) + 2 * float(u @ project @ w) for b, w in parts] for a, u in parts])
        return gradient, hessian

    def polish(self, between: float, within: float) -> tuple[float, float]:
        """A few Newton steps; the line search leaves about six digits, these leave all."""
        for _ in range(4):
            gradient, hessian = self._derivatives(between, within)
            step = np.linalg.solve(hessian, gradient)
            if between - step[0] <= 0 or within - step[1] <= 0 or not np.all(np.linalg.eigvalsh(hessian) > 0):
                break
            between, within = float(between - step[0]), float(within - step[1])
        return between, within

    def satterthwaite(self, between: float, within: float) -> NDArray[np.float64]:
        """Degrees of freedom (p,) of the coefficients."""
        _, hessian = self._derivatives(between, within)
        uncertainty = 2 * np.linalg.inv(hessian)
        covariance = self.covariance(between, within)
        inverse = np.linalg.inv(within * np.eye(self.n) + between * self.same)
        vx = inverse @ self.x
        gradients = np.stack(
            [
                np.diag(covariance @ (vx.T @ self.same @ vx) @ covariance),
                np.diag(covariance @ (vx.T @ vx) @ covariance),
            ]
        )
        spread = np.einsum("ij,ik,kj->j", gradients, uncertainty, gradients)
        return np.asarray(2 * np.diag(covariance) ** 2 / spread, dtype=np.float64)

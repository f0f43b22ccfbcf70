"""Does a coefficient hang on one session? Its range when each session in turn is left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from elancry.association.regression import LinearFit

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class LeftOut:
    """Coefficients without each session.

    `clusters` (m,); `b` (m, p): row i is the fit without cluster i, NaN where the rest cannot determine it.
    """

    clusters: NDArray[np.int64]
    b: NDArray[np.float64]

    def range_of(self, column: int) -> tuple[float, float] | None:
        """Smallest and largest estimate; `None` where some session cannot be left out at all.

        `column` is the number of the coefficient, 0..p-1.
        """
        values = self.b[:, column]
        return None if np.isnan(values).any() else (float(values.min()), float(values.max()))

    @property
    def indispensable(self) -> NDArray[np.int64]:
        """Clusters without which the coefficients are not determined."""
        return self.clusters[np.isnan(self.b).any(axis=1)]


def leave_one_out(fit: LinearFit, clusters: NDArray[np.int64]) -> LeftOut:
    """b without cluster i is b - (X'X)^-1 X_i' (I - H_i)^-1 e_i: no refit is needed.

    `fit` of n sequences, `clusters` (n,) any integers. With one cluster its row is NaN. Source: the block form of
    Cook's deletion formula (Cook & Weisberg 1982, Residuals and Influence in Regression, ch. 3).
    """
    labels = np.unique(clusters)
    b = np.full((len(labels), len(fit.b)), np.nan)
    for i, label in enumerate(labels):
        rows = clusters == label
        block = fit.x[rows]
        left = np.eye(int(rows.sum())) - block @ fit.bread @ block.T
        if np.linalg.eigvalsh(left).min() > 1e-9:
            b[i] = fit.b - fit.bread @ block.T @ np.linalg.solve(left, fit.residuals[rows])
    return LeftOut(labels.astype(np.int64), b)

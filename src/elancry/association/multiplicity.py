"""What do many tests at once do to their p values?

A family of tests is corrected by Holm (no false finding in the family with probability 1 - alpha) and by
Benjamini-Hochberg (the expected share of false findings among the findings). Tests that could not be made are no
members of the family.

References: Holm 1979; Benjamini & Hochberg 1995; Perneger 1998 argues for raw p values in exploratory work.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def corrected(p: Sequence[float | None]) -> tuple[list[float | None], list[float | None]]:
    """Holm's and Benjamini-Hochberg's p values of one family, `None` where `p` is `None`."""
    from scipy import stats

    made = np.array([value for value in p if value is not None], dtype=np.float64)
    holm, bh = iter(_holm(made).tolist()), iter(stats.false_discovery_control(made).tolist() if len(made) else ())
    return (
        [None if value is None else next(holm) for value in p],
        [None if value is None else next(bh) for value in p],
    )


def _holm(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """The r-th smallest of m times m - r + 1, never less than that of a smaller p, at most 1."""
    order = np.argsort(p, kind="stable")
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)), 1.0)
    return adjusted

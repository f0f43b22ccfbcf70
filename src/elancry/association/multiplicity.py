"""What do many tests at once do to their p values?

A family of tests is corrected by Holm (no false finding in the family with probability 1 - alpha) and by
Benjamini-Hochberg (the expected share of false findings among the findings). Tests that could not be made are no
members of the family.

References: Holm 1979; Benjamini & Hochberg 1995; Perneger 1998 argues for raw p values in exploratory work.
"""

from __future__ import annotations

from collections.abc import Sequence


def corrected(p: Sequence[float | None]) -> tuple[list[float | None], list[float | None]]:
    """Holm's and Benjamini-Hochberg's p values of one family, `None` where `p` is `None`."""
    from statsmodels.stats.multitest import multipletests

    there = [i for i, value in enumerate(p) if value is not None]
    holm: list[float | None] = [None] * len(p)
    bh: list[float | None] = [None] * len(p)
    if there:
        values = [value for value in p if value is not None]
        for method, target in (("holm", holm), ("fdr_bh", bh)):
            for i, value in zip(there, multipletests(values, method=method)[1], strict=True):
                target[i] = float(value)
    return holm, bh

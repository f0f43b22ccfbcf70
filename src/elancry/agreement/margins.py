"""Sums of many small tables at once, (..., q, q) or (..., q): einsum takes a fifth of the time of `sum` for them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def total(table: FloatArray, weights: FloatArray | None = None) -> FloatArray:
    """The sum (...) of each of `table` (..., q, q), of its cells times `weights` (..., q, q) where they are given."""
    if weights is None:
        return np.asarray(np.einsum("...kl->...", table))
    return np.asarray(np.einsum("...kl,...kl->...", table, weights))


def rows(table: FloatArray) -> FloatArray:
    """The sum (..., q) of each row of `table` (..., q, q)."""
    return np.asarray(np.einsum("...kl->...k", table))


def columns(table: FloatArray) -> FloatArray:
    """The sum (..., q) of each column of `table` (..., q, q)."""
    return np.asarray(np.einsum("...kl->...l", table))


def over(values: FloatArray, other: FloatArray | None = None) -> FloatArray:
    """The sum (...) of `values` (..., q), of the products with `other` (..., q) where it is given."""
    if other is None:
        return np.asarray(np.einsum("...k->...", values))
    return np.asarray(np.einsum("...k,...k->...", values, other))


def varies(weights: FloatArray) -> NDArray[np.bool_]:
    """Whether more than one category has a weight > 0, of `weights` (..., q)."""
    return over((weights > 0).astype(np.float64)) > 1

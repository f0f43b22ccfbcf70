"""The association part of a study run: from timelines, ratings and events to the rows of its tables."""

from __future__ import annotations

from elancry.study.cooccurrence_rows import cooccurrence_rows, why_no_cooccurrence
from elancry.study.regression_rows import regression_rows, why_no_regression
from elancry.study.sequence_scores import sequence_scores
from elancry.study.sequential_rows import sequential_rows

__all__ = [
    "cooccurrence_rows",
    "regression_rows",
    "sequence_scores",
    "sequential_rows",
    "why_no_cooccurrence",
    "why_no_regression",
]

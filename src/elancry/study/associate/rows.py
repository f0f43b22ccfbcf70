"""The association part of a study run: from timelines, ratings and events to the rows of its tables."""

from __future__ import annotations

from elancry.choices import Method
from elancry.study.associate.cooccurrence_rows import cooccurrence_rows, why_no_cooccurrence
from elancry.study.associate.regression_rows import regression_rows, why_no_regression
from elancry.study.associate.sensitivity_rows import sensitivity_rows
from elancry.study.associate.sequence_scores import rater_scores, scores_frame, sequence_scores
from elancry.study.associate.sequential_rows import sequential_rows
from elancry.study.associate.setcorrelation_rows import attenuation_rows, setcorrelation_rows

__all__ = [
    "Method",
    "attenuation_rows",
    "cooccurrence_rows",
    "rater_scores",
    "regression_rows",
    "scores_frame",
    "sensitivity_rows",
    "sequence_scores",
    "sequential_rows",
    "setcorrelation_rows",
    "why_no_cooccurrence",
    "why_no_regression",
]

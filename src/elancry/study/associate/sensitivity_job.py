"""One model by one method of the sensitivity table: what it is computed from, and the form of its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from elancry.choices import Method
from elancry.study.associate.regression_fit import Fitted, fit_plan
from elancry.study.associate.regression_plan import ModelPlan

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]


@dataclass(frozen=True)
class Job:
    """One model by one method."""

    frame: pd.DataFrame
    plan: ModelPlan
    method: Method
    cluster: str
    seed: int
    n_resamples: int
    references: Mapping[str, str]

    def fitted(self, plan: ModelPlan | None = None) -> Fitted | str:
        """The least squares fit on the sequences of the model, or why there is none."""
        found = fit_plan(self.frame, plan or self.plan, self.cluster)
        return found if isinstance(found, Fitted) else found.reason

    def row(self, term: str = "", fitted: Fitted | None = None, **numbers: Any) -> Row:
        """A row of the table; NaN becomes an empty cell."""
        clean = {
            name: None if isinstance(value, float) and np.isnan(value) else value for name, value in numbers.items()
        }
        return {
            "outcome_system": self.plan.outcome_system.id,
            "outcome": self.plan.outcome,
            "predictor_system": self.plan.predictor_system.id,
            "score": self.plan.score.value,
            "method": self.method.value,
            "term": term,
            "n_sequences": None if fitted is None else len(fitted.fit.y),
            "n_sessions": None if fitted is None else fitted.n_sessions,
            **clean,
        }

    def refused(self, reason: str, fitted: Fitted | None = None) -> list[Row]:
        """One row with the reason."""
        return [self.row(fitted=fitted, undefined_reason=reason)]

"""The numbers that a person wants first."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from elancry.report.headline import headline
from elancry.table.schema import AGREEMENT


def row(estimate: float, **more: Any) -> Mapping[str, Any]:
    fixed = {"system": "form", "coding": "rating", "tier": "form.rating", "variant": "rating", "scope": "category"}
    return {**fixed, "measure": "icc_2_1", "estimate": estimate, **more}


def said(*rows: Mapping[str, Any]) -> list[str]:
    system = SimpleNamespace(id="form")
    results: Any = SimpleNamespace(
        tables={"agreement": AGREEMENT.frame(list(rows))},
        design=SimpleNamespace(raters=("R1", "R2", "R3")),
        codebook=SimpleNamespace(systems=(system,)),
    )
    return headline(results)


def test_the_range_of_the_ratings_of_all_raters() -> None:
    everybody: dict[str, Any] = {"raters": "R1|R2|R3", "aggregate": "pooled"}
    rows = [row(0.5, category="a", **everybody), row(0.7, category="b", **everybody)]
    assert said(*rows) == ["form: agreement on ratings, ICC(2,1) .50 to .70 in 2 categories"]


@pytest.mark.parametrize("aggregate", ["pair", "leave_one_out"])
def test_the_ratings_of_some_raters_are_not_shown_as_those_of_all(aggregate: str) -> None:
    """Against a gold rater there are pairs only, and the first pair is not the study."""
    rows = [row(0.5, category="a", raters="R1|R2", aggregate=aggregate)]
    assert said(*rows) == []

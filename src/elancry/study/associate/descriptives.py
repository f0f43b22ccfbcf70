"""What are the scores like that enter the models: how much of each category is there, and how much does it vary?

One row for each system, score and category of the table `sequences`, in its order. Sequences are counted one by one
here, although those of one session are not independent: these numbers describe, they carry no interval.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from elancry.association.scores import UNCODED

if TYPE_CHECKING:
    import pandas as pd

    from elancry.codebook.model import Codebook


def descriptive_rows(frame: pd.DataFrame, codebook: Codebook) -> Iterator[dict[str, Any]]:
    """Rows of `DESCRIPTIVES` from the frame of sequence scores; groups, which are sums of categories, are left out."""
    for name in map(str, frame.columns):
        score, _, rest = name.partition(".")
        known = next((system for system in codebook.systems if rest.startswith(f"{system.id}.")), None)
        if known is None:
            continue
        category = rest.removeprefix(f"{known.id}.")
        if category != UNCODED and known.category(category) is None:
            continue
        values = frame[name].to_numpy(dtype=float, na_value=np.nan)
        given = ~np.isnan(values)
        numbers = values[given]
        if not numbers.size:
            continue
        yield {
            "system": known.id,
            "category": category,
            "score": score,
            "n_sequences": int(numbers.size),
            "n_sessions": int(frame.loc[given, "session"].nunique()),
            "n_above_zero": int((numbers > 0).sum()),
            "mean": float(numbers.mean()),
            "sd": float(numbers.std(ddof=1)) if numbers.size > 1 else None,
            "median": float(np.median(numbers)),
            "minimum": float(numbers.min()),
            "maximum": float(numbers.max()),
        }

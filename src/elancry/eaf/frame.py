"""The annotations of one document as a pandas DataFrame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from elancry.eaf.columns import Contents, Rows
from elancry.eaf.times import Times

TEXT = "str" if pd.__version__ >= "3" else "object"
"""The dtype of texts with gaps: pandas 3 has one, before it Python objects are the only one that keeps None apart."""


def annotation_frame(tier_names: Sequence[str], rows: Rows, contents: Contents, times: Times) -> pd.DataFrame:
    """One row per annotation, in file order; see `Document.to_frame` for the columns."""
    texts: dict[str, Sequence[Any]] = {
        "parent": rows.parent,
        "previous": rows.previous,
        "cve_ref": contents.cve_ref,
        "ext_ref": contents.ext_ref,
        "lang_ref": contents.lang_ref,
    }
    tier = np.repeat(np.asarray(tier_names, dtype=object), rows.tier_sizes)
    return pd.DataFrame(
        {
            "tier": pd.Series(tier, dtype=TEXT),
            "annotation_id": pd.Series(list(rows.ids), dtype=TEXT),
            "start_ms": times.start_ms,
            "end_ms": times.end_ms,
            "value": pd.Series(contents.values, dtype=TEXT),
            "aligned": times.aligned,
            **{name: pd.Series(column, dtype=TEXT) for name, column in texts.items()},
        }
    )

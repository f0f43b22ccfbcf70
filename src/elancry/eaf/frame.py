"""The annotations of one document as a pandas DataFrame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from elancry.eaf.columns import Rows
from elancry.eaf.times import Times

_HAS_TEXT_DTYPE = int(pd.__version__.split(".")[0]) >= 3


def annotation_frame(tier_names: Sequence[str], rows: Rows, values: Sequence[str], times: Times) -> pd.DataFrame:
    """One row per annotation, in file order; see `Document.to_frame` for the columns."""
    tiers = pa.array(tier_names, pa.large_string()).take(np.repeat(np.arange(len(tier_names)), rows.tier_sizes))
    return pd.DataFrame(
        {
            "tier": _text(tiers),
            "annotation_id": _text(_arrow(rows.ids)),
            "start_ms": times.start_ms,
            "end_ms": times.end_ms,
            "value": _text(_arrow(values)),
            "aligned": times.aligned,
            "parent": _text(_arrow(rows.parent)),
            "previous": _text(_arrow(rows.previous)),
            "cve_ref": _text(_arrow(rows.cve_ref)),
            "ext_ref": _text(_arrow(rows.ext_ref)),
            "lang_ref": _text(_arrow(rows.lang_ref)),
        },
        copy=False,
    )


def _arrow(column: Sequence[str | None]) -> Any:
    return pa.array(column, pa.large_string())


def _text(column: Any) -> Any:
    """A column of texts with gaps: pandas 3 has a dtype for it, before it only Python objects keep None apart."""
    if _HAS_TEXT_DTYPE:
        return pd.StringDtype(na_value=np.nan).__from_arrow__(column)  # type: ignore[attr-defined]
    return column.to_numpy(zero_copy_only=False)

"""Findings as a table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from elancry.findings import Finding

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("severity", "code", "file", "tier", "annotation", "start_ms", "message", "hint")


def findings_frame(findings: Iterable[Finding]) -> pd.DataFrame:
    """A row per finding with `COLUMNS`; `start_ms` is a whole number or missing."""
    import pandas as pd

    rows = [item.as_dict() for item in findings]
    frame = pd.DataFrame([[row[name] for name in COLUMNS] for row in rows], columns=list(COLUMNS))
    return frame.astype({"start_ms": "Int64"})

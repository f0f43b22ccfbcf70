"""Structural problems of a document as findings."""

from __future__ import annotations

from lxml import etree

from elancry.eaf import kinds as _kinds  # noqa: F401  (enters the catalogue)
from elancry.eaf.columns import Rows
from elancry.eaf.hierarchy import Hierarchy
from elancry.eaf.times import Slots, Times
from elancry.findings import Finding


def structure_findings(
    root: etree._Element, name: str, hierarchy: Hierarchy, rows: Rows, slots: Slots, times: Times
) -> tuple[Finding, ...]:
    """All findings."""
    return ()

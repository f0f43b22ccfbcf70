"""The list for the consensus meeting: every disagreement, the longest first."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from elancry.merge.consensus import Dispute
from elancry.spans import format_ms
from elancry.table.schema import Column, Kind, TableSchema

if TYPE_CHECKING:
    import pandas as pd

WORKLIST = TableSchema(
    "worklist",
    "Disagreements for the consensus meeting, longest first",
    (
        Column("session", Kind.TEXT, "recorded hour"),
        Column("sequence", Kind.TEXT, "sequence, matched across raters"),
        Column("system", Kind.TEXT, "rating system; empty for the sequences themselves"),
        Column("tier", Kind.TEXT, "tier compared"),
        Column("kind", Kind.TEXT, "`interval`, `rating` or `sequence`"),
        Column("start", Kind.TEXT, "begin as h:mm:ss.mmm"),
        Column("start_ms", Kind.INTEGER, "begin", "ms"),
        Column("end_ms", Kind.INTEGER, "end, exclusive", "ms"),
        Column("duration_ms", Kind.INTEGER, "length", "ms"),
        Column("codes", Kind.TEXT, "what each rater coded: - none of the categories, ? not coded"),
        Column("consensus", Kind.TEXT, "what the consensus is; empty where the meeting has to decide"),
    ),
)


def by_length(disputes: Iterable[Dispute]) -> list[Dispute]:
    """The longest first; ratings, which concern a whole sequence, after all stretches of time."""
    return sorted(disputes, key=lambda item: (item.kind == "rating", -item.duration_ms, item.session, item.start_ms))


def worklist_frame(disputes: Sequence[Dispute]) -> pd.DataFrame:
    """The table `worklist` (see `WORKLIST`)."""
    return WORKLIST.frame(
        {
            "session": item.session,
            "sequence": item.sequence,
            "system": item.system,
            "tier": item.tier,
            "kind": item.kind,
            "start": format_ms(item.start_ms),
            "start_ms": item.start_ms,
            "end_ms": item.end_ms,
            "duration_ms": item.duration_ms,
            "codes": " | ".join(f"{rater}={value}" for rater, value in item.values.items()),
            "consensus": item.settled,
        }
        for item in by_length(disputes)
    )


def worklist_html(disputes: Sequence[Dispute], *, most: int = 5000) -> str:
    """The same as one page to print or to tick off; no more than `most` rows, and it says so."""
    ordered = by_length(disputes)
    rows = "\n".join(_row(item) for item in ordered[:most])
    left = len(ordered) - most
    rest = f"<p>{left} shorter ones are in worklist.csv.</p>" if left > 0 else ""
    undecided = sum(item.settled is None for item in ordered)
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Disagreements</title><style>
body {{ font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; color: #222 }}
table {{ border-collapse: collapse; width: 100% }}
th, td {{ text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #ddd; vertical-align: top }}
th {{ position: sticky; top: 0; background: #fff }}
td.time {{ white-space: nowrap; font-variant-numeric: tabular-nums }}
tr.open td:last-child {{ font-weight: bold }}
</style></head><body>
<h1>Disagreements, longest first</h1>
<p>{len(ordered)} disagreements, {undecided} of them to be decided. Open SESSION.merged.eaf in ELAN, go to the time,
and code the tier that ends in @consensus, or delete the annotation on @disagreement if nothing is to be coded.
A dash means none of the categories, a question mark not coded.</p>
<table><thead><tr><th></th><th>Session</th><th>Time</th><th>Length</th><th>Tier</th><th>Codes</th><th>Consensus</th></tr>
</thead><tbody>
{rows}
</tbody></table>{rest}
</body></html>
"""


def _row(item: Dispute) -> str:
    cells = " | ".join(f"{rater}={value}" for rater, value in item.values.items())
    open_ = ' class="open"' if item.settled is None else ""
    settled = "to decide" if item.settled is None else item.settled
    return (
        f'<tr{open_}><td><input type="checkbox"></td><td>{html.escape(item.session)}</td>'
        f'<td class="time">{format_ms(item.start_ms)}</td><td class="time">{format_ms(item.duration_ms)}</td>'
        f"<td>{html.escape(item.tier)}</td><td>{html.escape(cells)}</td><td>{html.escape(settled)}</td></tr>"
    )

"""The list for the consensus meeting: every disagreement, the longest first."""

from __future__ import annotations

import html
from array import array
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from elancry.check.disk_store import DiskStore
from elancry.merge.consensus import Dispute
from elancry.page_policy import page_policy
from elancry.spans import format_ms
from elancry.table.schema import Column, Kind, TableSchema
from elancry.texts import message_language, text

if TYPE_CHECKING:
    import pandas as pd

WORKLIST = TableSchema(
    "worklist",
    (
        Column("session", Kind.TEXT),
        Column("sequence", Kind.TEXT),
        Column("system", Kind.TEXT),
        Column("tier", Kind.TEXT),
        Column("kind", Kind.TEXT),
        Column("start", Kind.TEXT),
        Column("start_ms", Kind.INTEGER, "ms"),
        Column("end_ms", Kind.INTEGER, "ms"),
        Column("duration_ms", Kind.INTEGER, "ms"),
        Column("codes", Kind.TEXT),
        Column("consensus", Kind.TEXT),
    ),
)


_MOST = 5000
"""Rows that are made at once, and rows of the page."""
FRAME_MS = 40
"""A frame of a video with 25 frames a second: nobody sees what is shorter."""

_COLUMNS = (
    text("merge.worklist-done"),
    text("merge.worklist-session"),
    text("merge.worklist-time"),
    text("merge.worklist-length"),
    text("merge.worklist-tier"),
    text("merge.worklist-codes"),
    text("merge.worklist-consensus"),
)


class Worklist:
    """Every disagreement of a study, put aside: the longest first, ratings, which concern a whole sequence, last."""

    def __init__(self, store: DiskStore) -> None:
        self._store = store
        # Six numbers for each, because there can be very many.
        self._keys = array("q")
        self._sessions: dict[str, int] = {}
        self.n_open = 0
        """How many the meeting has to decide."""
        self.n_below_frame = 0
        """How many of these are shorter than a frame of the video."""

    def add(self, disputes: Iterable[Dispute]) -> None:
        """Take over some more."""
        for item in disputes:
            self.n_open += item.settled is None
            self.n_below_frame += item.settled is None and item.kind != "rating" and item.duration_ms < FRAME_MS
            session = self._sessions.setdefault(item.session, len(self._sessions))
            place = self._store.put_one(item)
            self._keys.extend((item.kind == "rating", -item.duration_ms, session, item.start_ms, *place))

    def __len__(self) -> int:
        return len(self._keys) // 6

    def __iter__(self) -> Iterator[Dispute]:
        import numpy as np

        keys = np.frombuffer(self._keys, dtype=np.int64).reshape(-1, 6) if len(self) else np.empty((0, 6), np.int64)
        rank = np.empty(len(self._sessions), dtype=np.int64)
        rank[[self._sessions[name] for name in sorted(self._sessions)]] = np.arange(len(self._sessions))
        order = np.lexsort((keys[:, 3], rank[keys[:, 2]], keys[:, 1], keys[:, 0]))
        yield from self._store.get((int(keys[row, 4]), int(keys[row, 5])) for row in order)


def worklist_frames(disputes: Iterable[Dispute]) -> Iterator[pd.DataFrame]:
    """The table `worklist` (see `WORKLIST`) in pieces of at most `_MOST` rows, at least one."""
    rows = iter(disputes)
    piece = list(islice(rows, _MOST))
    yield _frame(piece)
    while piece := list(islice(rows, _MOST)):
        yield _frame(piece)


def _frame(disputes: Iterable[Dispute]) -> pd.DataFrame:
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
        for item in disputes
    )


_STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; color: #222 }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #ddd; vertical-align: top }
th { position: sticky; top: 0; background: #fff }
td { overflow-wrap: anywhere }
td.time { white-space: nowrap; font-variant-numeric: tabular-nums }
tr.open td:last-child { font-weight: bold }
@media (max-width: 45rem) { table, thead, tbody, tr { display: block } thead { display: none }
  td { display: inline-block; border: 0; padding: .1rem .5rem .1rem 0 } tr { border-bottom: 1px solid #ddd } }
"""


def worklist_html(disputes: Worklist) -> str:
    """The same as one page to print or to tick off; no more than `_MOST` rows, and it says so."""
    rows = "\n".join(map(_row, islice(disputes, _MOST)))
    left = len(disputes) - _MOST
    all_of_them = text("merge.disagreements", n=len(disputes))
    words = {
        name: html.escape(str(said))
        for name, said in {
            "title": text("merge.worklist-title"),
            "heading": text("merge.worklist-heading"),
            "count": text("merge.worklist-count", disagreements=all_of_them, open=disputes.n_open),
            "below_frame": text("merge.below-frame", n=disputes.n_below_frame, frame=FRAME_MS),
            "what_to_do": text("merge.worklist-what-to-do"),
            "rest": text("merge.worklist-rest", n=left),
        }.items()
    }
    columns = "".join(f"<th>{html.escape(str(said))}</th>" for said in _COLUMNS)
    rest = f"<p>{words['rest']}</p>" if left > 0 else ""
    brief = f"<p>{words['below_frame']}</p>" if disputes.n_below_frame else ""
    return f"""<!DOCTYPE html>
<html lang="{message_language()}"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{page_policy(_STYLE)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{words["title"]}</title><style>{_STYLE}</style></head><body>
<h1>{words["heading"]}</h1>
<p>{words["count"]} {words["what_to_do"]}</p>{brief}
<table><thead><tr>{columns}</tr>
</thead><tbody>
{rows}
</tbody></table>{rest}
</body></html>
"""


def _row(item: Dispute) -> str:
    cells = " | ".join(f"{rater}={value}" for rater, value in item.values.items())
    open_ = ' class="open"' if item.settled is None else ""
    settled = str(text("merge.worklist-open")) if item.settled is None else item.settled
    done = html.escape(str(text("merge.worklist-done")))
    return (
        f'<tr{open_}><td><input type="checkbox" aria-label="{done}"></td><td>{html.escape(item.session)}</td>'
        f'<td class="time">{format_ms(item.start_ms)}</td><td class="time">{format_ms(item.duration_ms)}</td>'
        f"<td>{html.escape(item.tier)}</td><td>{html.escape(cells)}</td><td>{html.escape(settled)}</td></tr>"
    )

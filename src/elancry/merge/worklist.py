"""The list for the consensus meeting: every disagreement, the longest first, and apart what it left undecided."""

from __future__ import annotations

import html
from array import array
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from elancry.check.disk_store import DiskStore
from elancry.merge.dispute import Dispute, PointState
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
        Column("state", Kind.TEXT),
    ),
)


_MOST = 5000
"""Rows that are made at once, and rows of the page."""
FRAME_MS = 40
"""A frame of a video with 25 frames a second: nobody sees what is shorter."""

_NUMBERS = 7
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
    """Every disagreement of a study, put aside: the longest first, ratings, which concern a whole sequence, last.

    What people discussed and left undecided comes behind all others.
    """

    def __init__(self, store: DiskStore) -> None:
        self._store = store
        # Seven numbers for each, because there can be very many.
        self._keys = array("q")
        self._sessions: dict[str, int] = {}
        self.n_open = 0
        """How many the meeting has to decide."""
        self.n_below_frame = 0
        """How many of these are shorter than a frame of the video."""
        self.n_undecided = 0
        """How many it discussed and left open."""

    def add(self, disputes: Iterable[Dispute]) -> None:
        """Take over some more."""
        for item in disputes:
            is_open = item.state is PointState.OPEN
            self.n_open += is_open
            self.n_below_frame += is_open and item.kind != "rating" and item.duration_ms < FRAME_MS
            self.n_undecided += item.state is PointState.UNDECIDED
            session = self._sessions.setdefault(item.session, len(self._sessions))
            place = self._store.put_one(item)
            undecided = item.state is PointState.UNDECIDED
            self._keys.extend((undecided, item.kind == "rating", -item.duration_ms, session, item.start_ms, *place))

    def __len__(self) -> int:
        return len(self._keys) // _NUMBERS

    def __iter__(self) -> Iterator[Dispute]:
        import numpy as np

        keys = np.frombuffer(self._keys, dtype=np.int64).reshape(-1, _NUMBERS)
        rank = np.empty(len(self._sessions), dtype=np.int64)
        rank[[self._sessions[name] for name in sorted(self._sessions)]] = np.arange(len(self._sessions))
        order = np.lexsort((keys[:, 4], rank[keys[:, 3]], keys[:, 2], keys[:, 1], keys[:, 0]))
        yield from self._store.get((int(keys[row, 5]), int(keys[row, 6])) for row in order)


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
            "state": item.state.value,
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
    shown = list(islice(disputes, _MOST))
    undecided = [item for item in shown if item.state is PointState.UNDECIDED]
    left = len(disputes) - _MOST
    all_of_them = text("merge.disagreements", n=len(disputes))
    words = {
        name: html.escape(str(said))
        for name, said in {
            "title": text("merge.worklist-title"),
            "heading": text("merge.worklist-heading"),
            "count": text("merge.worklist-count", disagreements=all_of_them, open=disputes.n_open),
            "undecided": text("merge.undecided", n=disputes.n_undecided),
            "below_frame": text("merge.below-frame", n=disputes.n_below_frame, frame=FRAME_MS),
            "what_to_do": text("merge.worklist-what-to-do"),
            "undecided_heading": text("merge.worklist-undecided-heading"),
            "rest": text("merge.worklist-rest", n=left),
        }.items()
    }
    rest = f"<p>{words['rest']}</p>" if left > 0 else ""
    brief = f"<p>{words['below_frame']}</p>" if disputes.n_below_frame else ""
    left_open = f" {words['undecided']}" if disputes.n_undecided else ""
    apart = f"\n<h2>{words['undecided_heading']}</h2>\n{_table(undecided)}" if undecided else ""
    return f"""<!DOCTYPE html>
<html lang="{message_language()}"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{page_policy(_STYLE)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{words["title"]}</title><style>{_STYLE}</style></head><body>
<h1>{words["heading"]}</h1>
<p>{words["count"]}{left_open} {words["what_to_do"]}</p>{brief}
{_table(item for item in shown if item.state is not PointState.UNDECIDED)}{apart}{rest}
</body></html>
"""


def _table(items: Iterable[Dispute]) -> str:
    columns = "".join(f"<th>{html.escape(str(said))}</th>" for said in _COLUMNS)
    rows = "\n".join(map(_row, items))
    return f"""<table><thead><tr>{columns}</tr>
</thead><tbody>
{rows}
</tbody></table>"""


def _row(item: Dispute) -> str:
    cells = " | ".join(f"{rater}={value}" for rater, value in item.values.items())
    open_ = ' class="open"' if item.state is PointState.OPEN else ""
    said = {PointState.OPEN: text("merge.worklist-open"), PointState.UNDECIDED: text("merge.worklist-undecided")}
    settled = item.settled if item.settled is not None else str(said[item.state])
    done = html.escape(str(text("merge.worklist-done")))
    return (
        f'<tr{open_}><td><input type="checkbox" aria-label="{done}"></td><td>{html.escape(item.session)}</td>'
        f'<td class="time">{format_ms(item.start_ms)}</td><td class="time">{format_ms(item.duration_ms)}</td>'
        f"<td>{html.escape(item.tier)}</td><td>{html.escape(cells)}</td><td>{html.escape(settled)}</td></tr>"
    )

"""Small HTML tables: how objects show themselves in a notebook. Every cell is text; nothing in it becomes markup."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from itertools import islice

from elancry.texts import text

PLAIN = "tex2jax_ignore mathjax_ignore"
"""The classes whose text MathJax leaves alone: a label with dollar signs is no formula, and no link of one."""

MOST_ROWS = 60
"""Rows shown; a longer table ends with how many more there are."""


def html_table(columns: Sequence[object], rows: Iterable[Sequence[object]], *, caption: str = "") -> str:
    """A table of `columns` x `rows`, each cell as text; `None` is an empty cell."""
    listed = list(islice(rows, MOST_ROWS))
    left = sum(1 for _ in rows) if not isinstance(rows, Sequence) else len(rows) - len(listed)
    head = "".join(f"<th>{escape(str(name))}</th>" for name in columns)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in listed)
    more = f"<tr><td colspan='{len(columns)}'>{text('html.more-rows', n=left)}</td></tr>" if left > 0 else ""
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f"<table class='{PLAIN}'>{title}<thead><tr>{head}</tr></thead><tbody>{body}{more}</tbody></table>"


def _cell(value: object) -> str:
    return f"<td>{'' if value is None else escape(str(value))}</td>"

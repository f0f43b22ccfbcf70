"""Ids of the form `a12`: a letter or two and a number."""

from __future__ import annotations

from collections.abc import Iterable


def highest_number(ids: Iterable[str], prefix: str) -> int:
    """The highest N among ids of the form `prefix` N, 0 if there is none."""
    highest, start = 0, len(prefix)
    for name in ids:
        if name.startswith(prefix):
            digits = name[start:]
            if digits.isdigit() and digits.isascii() and len(digits) <= 15:
                highest = max(highest, int(digits))
    return highest

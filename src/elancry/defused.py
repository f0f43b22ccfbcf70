"""Texts that a spreadsheet shows and does not run."""

from __future__ import annotations

import re

_FORMULA = re.compile(r"[=+\-@\t\r]")
_PLAIN_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")


def defuse(text: str) -> str:
    """A text that a spreadsheet shows and does not run: an apostrophe before `=`, `+`, `-`, `@`, tab, return.

    Plain numbers stay as they are.
    """
    if _FORMULA.match(text) and not _PLAIN_NUMBER.fullmatch(text):
        return "'" + text
    return text

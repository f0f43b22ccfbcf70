"""Values of ELAN as behavior codes of BORIS and back: what a code cannot hold stands in the behavior's description.

BORIS takes no `|` in codes and trims them (`project.py`), and a code stands once in an ethogram. Where code and value
differ, the description begins with `In ELAN: "VALUE"`, written as JSON; where the comment of the event is the value
(free text, which is no code), with the sentence FREE_TEXT. Both survive editing in BORIS and read as what they are.
"""

from __future__ import annotations

import json
import re
from datetime import datetime

FREE_TEXT = "Free text of ELAN: the comment of each event is what the annotation says."
_PREFIX = "In ELAN: "
NO_DATE = "1970-01-01T00:00:00+00:00"
"""The DATE of a document whose source has none, so that one source always gives the same bytes."""
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)?")


def is_date(text: str) -> bool:
    """Whether `text` is a date and time as XML has it."""
    if not _DATE.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return not text.startswith("0000")


def as_code(value: str) -> str:
    """`value` as BORIS can hold it in a code: one line, no `|`, no blanks at its edges; `""` for none."""
    return " ".join(value.replace("|", "/").split())


def described(code: str, value: str, description: str = "") -> str:
    """The description of a behavior, from which `understood` gives back the value."""
    if code == value and not description.startswith((_PREFIX, FREE_TEXT)):
        return description
    return f"{_PREFIX}{json.dumps(value, ensure_ascii=False)}" + (f". {description}" if description else "")


def understood(code: str, description: str) -> tuple[str, str, bool]:
    """(value, description proper, whether the comment is the value) of a behavior."""
    if description == FREE_TEXT or description.startswith(f"{FREE_TEXT} "):
        value, rest, _ = understood(code, description.removeprefix(FREE_TEXT).lstrip())
        return value, rest, True
    if description.startswith(_PREFIX):
        try:
            value, end = json.JSONDecoder().raw_decode(description, len(_PREFIX))
        except (ValueError, RecursionError):
            return code, description, False
        if isinstance(value, str):
            return value, description[end:].removeprefix(". "), False
    return code, description, False

"""Which words may be ids, tier names, colours and keys in a codebook."""

from __future__ import annotations

import re

RESERVED = frozenset({"none", "no_match", "consensus", "disagreement"})

_ID = re.compile(r"[^\W\d_][\w-]*")
# Windows gives these names to devices, whatever suffix follows; a file called so cannot be opened there.
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))})
_NOT_IN_FILE_NAMES = re.compile('[<>:"/\\\\|?*\x00-\x1f\ud800-\udfff]')
LONGEST_NAME = 100

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_KEY = re.compile(r"[A-Za-z0-9]")
# XML 1.0, production 2: what a file of ELAN can hold.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def id_problem(text: str) -> str | None:
    """Why `text` cannot be an id, in words that continue "the id ..."; `None` where it can."""
    if not text:
        return "is empty"
    if text.casefold() in RESERVED:
        return "is a reserved word (" + ", ".join(sorted(RESERVED)) + ")"
    for sign, name in ((" ", "a blank"), ("@", "'@'"), (".", "a point")):
        if sign in text:
            return f"holds {name}"
    if not text[0].isalpha():
        return "does not begin with a letter"
    if not _ID.fullmatch(text):
        return "holds a sign other than letters, digits, _ and -"
    return None


def tier_problem(text: str) -> str | None:
    """Why `text` cannot be the name of a tier in a template; `None` where it can."""
    if not text.strip():
        return "is empty"
    if text.casefold().rpartition("@")[2] in ("consensus", "disagreement") and "@" in text:
        return "ends like the tiers that merging adds (@consensus, @disagreement)"
    if text.casefold() in RESERVED:
        return "is a reserved word (" + ", ".join(sorted(RESERVED)) + ")"
    if "\n" in text:
        return "holds a line break"
    return None


def file_name_problem(text: str) -> str | None:
    """Why files cannot be called `text` on every system, in words that continue "the name ..."; `None` where they can.

    Raters work on Windows and macOS too, whatever the study leader's computer would allow.
    """
    if not text.strip() or text != text.strip():
        return "is empty or begins or ends with a blank"
    if _NOT_IN_FILE_NAMES.search(text) or text.endswith("."):
        return "holds a sign that file names cannot hold"
    if text.casefold().partition(".")[0] in _DEVICES:
        return "is the name of a device on Windows"
    if len(text) > LONGEST_NAME:
        return f"is longer than {LONGEST_NAME} letters"
    return None


def is_colour(text: str) -> bool:
    """Whether `text` is a colour `#rrggbb`."""
    return bool(_COLOUR.fullmatch(text))


def is_key(text: str) -> bool:
    """Whether `text` is one letter or digit."""
    return bool(_KEY.fullmatch(text))


def illegal_character(text: str) -> str | None:
    """The first character of `text` that XML cannot hold, as `U+0001`; `None` where there is none."""
    found = _NOT_XML.search(text)
    return f"U+{ord(found.group()):04X}" if found else None

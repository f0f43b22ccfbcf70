"""Which words may be ids, tier names, colours and keys in a codebook."""

from __future__ import annotations

import re

from elancry.texts import Text, text

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


def id_problem(name: str) -> Text | None:
    """Why `name` cannot be an id, in words that continue "the id ..."; `None` where it can."""
    if not name:
        return text("codebook.name-empty")
    if name.casefold() in RESERVED:
        return text("codebook.name-reserved", words=tuple(sorted(RESERVED)))
    for sign, code in ((" ", "codebook.name-blank"), ("@", "codebook.name-at"), (".", "codebook.name-point")):
        if sign in name:
            return text(code)
    if not name[0].isalpha():
        return text("codebook.name-no-letter")
    if not _ID.fullmatch(name):
        return text("codebook.name-sign")
    return None


def tier_problem(name: str) -> Text | None:
    """Why `name` cannot be the name of a tier in a template; `None` where it can."""
    if not name.strip():
        return text("codebook.name-empty")
    if name.casefold().rpartition("@")[2] in ("consensus", "disagreement") and "@" in name:
        return text("codebook.name-merged")
    if name.casefold() in RESERVED:
        return text("codebook.name-reserved", words=tuple(sorted(RESERVED)))
    if "\n" in name:
        return text("codebook.name-line-break")
    return None


def file_name_problem(name: str) -> Text | None:
    """Why files cannot be called `name` on every system, in words that continue "the name ..."; `None` where they can.

    Raters work on Windows and macOS too, whatever the study leader's computer would allow.
    """
    if not name.strip() or name != name.strip():
        return text("codebook.name-blank-ends")
    if _NOT_IN_FILE_NAMES.search(name) or name.endswith("."):
        return text("codebook.name-not-in-file")
    if name.casefold().partition(".")[0] in _DEVICES:
        return text("codebook.name-device")
    if len(name) > LONGEST_NAME:
        return text("codebook.name-long", most=LONGEST_NAME)
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

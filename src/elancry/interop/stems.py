"""Names of recordings as names of files: every document of a file that holds many gets its own, on any system."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

_UNFIT = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
MOST_BYTES = 150


def stem_of_file(name: str) -> str:
    """The name of a file without its last suffix."""
    return name.rsplit(".", 1)[0] if "." in name else name


def stem_for(name: str, taken: Collection[str], otherwise: str = "observation") -> str:
    """`name` as the stem of a file that no other in `taken` (case-folded stems) equals on Windows or macOS.

    What cannot stand in a file name becomes `_`; a name that is empty then is `otherwise`; a taken one gets `-2`.
    """
    fit = _UNFIT.sub("_", unicodedata.normalize("NFC", name)).strip(" .")
    if _RESERVED.fullmatch(fit):
        fit = f"_{fit}"
    fit = fit.encode("utf-8")[:MOST_BYTES].decode("utf-8", "ignore").strip(" .") or otherwise
    stem, number = fit, 2
    while stem.casefold() in taken:
        stem, number = f"{fit}-{number}", number + 1
    return stem

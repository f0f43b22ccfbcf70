"""Names that GSEQ takes for codes, and the legend that leads from them back to tiers and values.

GSEQ's codes are short words (in the samples that come with it, letters, digits and underscores). A value that is no
such word gets one that resembles it; comment lines `% elancry {...}`, one JSON object each, say which tier and value a
code stands for. GSEQ passes over comments, and reading the file takes the names from them.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator

LONGEST = 16
_LEGEND = "elancry "
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


class Names:
    """Hands out words that nobody else has, regardless of case, and remembers what for."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def word(self, *wishes: str, otherwise: str) -> str:
        """The first wish, as a word, that is free; if none is, the last one with a number."""
        words = [made for wish in wishes if (made := as_word(wish))] or [otherwise]
        number = 2
        chosen = next((word for word in words if word.casefold() not in self._taken), None)
        while chosen is None or chosen.casefold() in self._taken:
            ending = f"_{number}"
            chosen, number = words[-1][: LONGEST - len(ending)] + ending, number + 1
        self._taken.add(chosen.casefold())
        return chosen


def as_word(text: str) -> str:
    """`text` as letters, digits and underscores, a letter first, of at most LONGEST; `""` if none is left."""
    plain = text.replace("ß", "ss").replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    word = re.sub(r"[^A-Za-z0-9]+", "_", plain).strip("_")
    if word and not _WORD.fullmatch(word):
        word = f"c_{word}"
    return word[:LONGEST].rstrip("_")


def legend_line(**said: str) -> str:
    """A comment line that `legend` understands, in ASCII and without the characters that open or close comments."""
    text = json.dumps(said, ensure_ascii=True).replace("%", "\\u0025").replace("!", "\\u0021")
    return f"% {_LEGEND}{text}"


def legend(comment: str) -> Iterator[dict[str, str]]:
    """What a comment (without its `%`) says, if it is a line of the legend."""
    body = comment.strip()
    if not body.startswith(_LEGEND) or len(body) > 3_000_000:
        return
    try:
        said = json.loads(body.removeprefix(_LEGEND))
    except (ValueError, RecursionError):
        return
    if isinstance(said, dict) and all(isinstance(value, str) for value in said.values()):
        yield {key: value.encode("utf-8", "replace").decode("utf-8") for key, value in said.items()}

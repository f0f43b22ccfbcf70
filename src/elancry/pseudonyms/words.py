"""Names in texts: found whatever way they are written, and replaced.

Conventions
-----------
- Names compare by Unicode case folding of their compatibility decomposition, with its changes of length: `STRAUSS` is
  `Strauß`, `ﬁ` is `fi`, composed and decomposed umlauts are the same, `ı` and `İ` are `i`, invisible characters count
  for nothing.
- A name is replaced where it stands alone: no letter on the side where it has a letter, no digit where it has a digit.
  Its parts of three letters or more are replaced too, unless they are words of the codebook.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

WORD = re.compile(r"[^\W\d_]+")
_PART = 3
"""Letters that a part of a name needs, to be replaced by itself."""
_LETTER, _DIGIT, _MARK = r"[^\W\d_]", r"\d", "[\u0300-\u036f]"


def fold(text: str) -> str:
    """How a text is compared."""
    return "".join(_folded(cluster) for cluster, _ in _clusters(text))


def parts_of(name: str) -> list[str]:
    """The words of a name, as written."""
    return WORD.findall(unicodedata.normalize("NFC", name))


class Words:
    """Replaces names in texts; `replaced` maps names to what stands for them, an earlier one wins."""

    def __init__(self, replaced: Iterable[tuple[str, str]], *, protected: Iterable[str] = ()) -> None:
        """`protected` are texts whose words are no names."""
        kept = {fold(word) for text in protected for word in parts_of(text)}
        self._by_form: dict[str, str] = {}
        names = list(replaced)
        for name, pseudonym in names:
            for form in dict.fromkeys((name, _stem(name))):
                if fold(form).strip():
                    self._by_form.setdefault(fold(form).strip(), pseudonym)
        for name, pseudonym in names:
            for word in parts_of(_stem(name)):
                if len(word) >= _PART and fold(word) not in kept:
                    self._by_form.setdefault(fold(word), pseudonym)
        self._pattern = _pattern(self._by_form)

    def replace(self, text: str) -> str:
        """The text with every name replaced; one without names comes back as it was."""
        if self._pattern is None or not text:
            return text
        clusters = list(_clusters(text))
        folded, origin = "", []
        for number, (cluster, _) in enumerate(clusters):
            part = _folded(cluster)
            folded += part
            origin += [number] * len(part)
        pieces, done = [], 0
        for found in self._pattern.finditer(folded):
            first, last = origin[found.start()], origin[found.end() - 1]
            begin, end = clusters[first][1], clusters[last][1] + len(clusters[last][0])
            if begin >= done:
                pieces += [text[done:begin], self._by_form[found[0]]]
                done = end
        return "".join([*pieces, text[done:]])


def _pattern(forms: Mapping[str, str]) -> re.Pattern[str] | None:
    if not forms:
        return None
    return re.compile("|".join(map(_alone, sorted(forms, key=len, reverse=True))))


def _alone(form: str) -> str:
    """A pattern of a form that does not go on in what stands around it."""
    before = f"(?<!{_LETTER})(?<!{_MARK})" if form[0].isalpha() else f"(?<!{_DIGIT})" if form[0].isdigit() else ""
    after = f"(?!{_LETTER})(?!{_MARK})" if form[-1].isalpha() else f"(?!{_DIGIT})" if form[-1].isdigit() else ""
    return before + re.escape(form) + after


def _stem(name: str) -> str:
    return PurePosixPath(name).stem if "." in name else name


def _clusters(text: str) -> Iterator[tuple[str, int]]:
    """Each character with the marks behind it, and where it begins."""
    begin = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or not unicodedata.combining(text[place]):
            yield text[begin:place], begin
            begin = place


def _folded(cluster: str) -> str:
    if len(cluster) == 1 and cluster.isascii():
        return cluster.lower()
    if unicodedata.category(cluster[0]) == "Cf":
        return ""
    apart = unicodedata.normalize("NFKD", cluster).casefold()
    apart = unicodedata.normalize("NFKD", apart).replace("i\u0307", "i").replace("ı", "i")
    return unicodedata.normalize("NFC", apart)

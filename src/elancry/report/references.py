"""What the methods text cites: keys in the text, the same works as a bibliography (APA 7) and as a BibTeX file.

A text cites with pandoc's keys, `[@holle2015; @gwet2014]`: Markdown keeps them, so that pandoc and Zotero's or JabRef's
exports can take over, and other views put authors and years there.
https://pandoc.org/MANUAL.html#citation-syntax, https://www.bibtex.com/g/bibtex-format/
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import yaml

CITATION = re.compile(r"\[(@[\w:.+-]+(?:; @[\w:.+-]+)*)\]")
_SPECIAL = {"\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_FIELDS = ("journal", "booktitle", "volume", "pages", "edition", "publisher", "version", "doi", "url")


@dataclass(frozen=True)
class Reference:
    """One work. `authors` are `Holle, H.`; without any the title stands alone, as for a source that is free text."""

    key: str
    type: str
    title: str
    authors: tuple[str, ...] = ()
    year: str = ""
    more: Mapping[str, str] = field(default_factory=dict)

    def short(self, et_al: str) -> str:
        """`Holle & Rein, 2015`."""
        names = [name.split(",")[0] for name in self.authors]
        if len(names) > 2:
            names = [f"{names[0]} {et_al}"]
        return ", ".join(filter(None, (" & ".join(names) or self.title, self.year)))

    def long(self) -> str:
        """The entry of a bibliography."""
        if not self.authors:
            return self.title
        who = ", & ".join((", ".join(self.authors[:-1]), self.authors[-1])) if self.authors[1:] else self.authors[0]
        more = self.more
        book = f" ({more['edition']})" if "edition" in more else ""
        book += f" (Version {more['version']})" if "version" in more else ""
        at = f" (pp. {more['pages']})" if "booktitle" in more and "pages" in more else ""
        place = f" In {more['booktitle']}{at}." if "booktitle" in more else ""
        if "journal" in more:
            place = f" {more['journal']}, {more['volume']}, {more['pages']}."
        place += f" {more['publisher']}." if "publisher" in more else ""
        link = f" https://doi.org/{more['doi']}" if "doi" in more else f" {more['url']}" if "url" in more else ""
        return f"{who} ({self.year}). {self.title}{book}.{place}{link}"

    def bibtex(self) -> str:
        """The entry of a BibTeX file in UTF-8; the title's capitals are kept by a second pair of braces."""
        lines = [f"  title = {{{{{_tex(self.title)}}}}}"]
        if self.authors:
            lines.insert(0, f"  author = {{{' and '.join(map(_tex, self.authors))}}}")
        if self.year:
            lines.append(f"  year = {{{self.year}}}")
        for name in _FIELDS:
            if name in self.more:
                value = self.more[name]
                # An address is taken as it is; a range of pages has two hyphens.
                shown = value if name in ("doi", "url") else _tex(value).replace("–", "--")
                lines.append(f"  {name} = {{{shown}}}")
        return f"@{self.type}{{{self.key},\n" + ",\n".join(lines) + "\n}\n"


def keys_of(match: re.Match[str]) -> tuple[str, ...]:
    """The keys of one `CITATION`."""
    return tuple(key.removeprefix("@") for key in match[1].split("; "))


def cited(texts: Iterable[str], works: Mapping[str, Reference]) -> tuple[str, ...]:
    """Keys of `works` that the texts cite, each once, in their order; brackets with any other key are a label's own."""
    found = (keys_of(match) for text in texts for match in CITATION.finditer(text))
    return tuple(dict.fromkeys(key for keys in found if works.keys() >= set(keys) for key in keys))


def in_words(text: str, works: Mapping[str, Reference], et_al: str = "et al.") -> str:
    """`text` with authors and years instead of keys."""

    def cited(match: re.Match[str]) -> str:
        if not works.keys() >= set(keys_of(match)):
            return match[0]
        return f"({'; '.join(works[key].short(et_al) for key in keys_of(match))})"

    return CITATION.sub(cited, text)


def bibtex_file(works: Iterable[Reference]) -> str:
    """The works as a BibTeX file, by key."""
    return "\n".join(work.bibtex() for work in sorted(works, key=lambda work: work.key))


@cache
def library() -> Mapping[str, Reference]:
    """Every work that the methods text can cite, by key."""
    path = files("elancry.report") / "assets" / "references.yaml"
    return {
        key: Reference(
            key,
            entry["type"],
            entry["title"],
            _authors(entry["author"]),
            str(entry["year"]),
            {name: str(entry[name]) for name in _FIELDS if name in entry},
        )
        for key, entry in yaml.safe_load(path.read_text(encoding="utf-8")).items()
    }


def _authors(listed: list[str]) -> tuple[str, ...]:
    """`[Holle, H., Rein, R.]`, as YAML splits it at the commas -> `Holle, H.`, `Rein, R.`"""
    return tuple(f"{name}, {given}" for name, given in zip(listed[::2], listed[1::2], strict=True))


def _tex(text: str) -> str:
    plain = "".join(" " if not letter.isprintable() else letter for letter in text)
    return "".join(_SPECIAL.get(letter, f"\\{letter}" if letter in "&%$#_" else letter) for letter in plain)
